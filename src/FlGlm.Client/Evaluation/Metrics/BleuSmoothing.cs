namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>What BLEU counts where no n-gram of an order matches (Chen and Cherry, WMT 2014), by the names of sacrebleu and of nltk.</summary>
public enum BleuSmoothing
{
    /// <summary><c>none</c>, method 0: nothing, so that BLEU is 0.</summary>
    None,

    /// <summary><c>floor</c>, method 1: a small number of matches, 0.1 unless said otherwise.</summary>
    Floor,

    /// <summary><c>add-k</c>, method 2: a number, 1 unless said otherwise, is added to matches and n-grams of every order above 1.</summary>
    AddK,

    /// <summary><c>exp</c>, method 3: 1/2 a match at the first such order, 1/4 at the second, and so on.</summary>
    Exponential,
}
