namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>How <see cref="GoogleRouge"/> shortens words of more than three letters before it compares them.</summary>
public enum RougeStemmer
{
    /// <summary>Words stay as they are.</summary>
    None,

    /// <summary>Porter's algorithm as published in 1980, which ROUGE-1.5.5 uses with <c>-m</c>.</summary>
    Porter,

    /// <summary>Porter's algorithm with NLTK's extensions, which the package rouge_score uses with <c>use_stemmer</c>.</summary>
    NltkPorter,
}
