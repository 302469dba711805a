namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>How <see cref="CorpusBleu"/> cuts text into tokens, by sacrebleu's names.</summary>
public enum BleuTokenizer
{
    /// <summary><c>none</c>: at blanks.</summary>
    None,

    /// <summary><c>13a</c>: as mteval-v13a, for languages in Latin script.</summary>
    V13a,

    /// <summary><c>zh</c>: Chinese characters one by one, the rest as 13a.</summary>
    Zh,

    /// <summary><c>intl</c>: as mteval-v14 with international tokenisation, at Unicode's punctuation marks and symbols.</summary>
    International,

    /// <summary><c>char</c>: characters.</summary>
    Characters,
}
