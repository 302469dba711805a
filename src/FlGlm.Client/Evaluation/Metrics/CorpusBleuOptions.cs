namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>How <see cref="CorpusBleu"/> counts; the defaults are sacrebleu's.</summary>
public sealed record CorpusBleuOptions
{
    /// <summary>How text is cut into tokens: 13a.</summary>
    public BleuTokenizer Tokenizer { get; init; } = BleuTokenizer.V13a;

    /// <summary>What counts where nothing matches: exp.</summary>
    public BleuSmoothing Smoothing { get; init; } = BleuSmoothing.Exponential;

    /// <summary>The number of <see cref="BleuSmoothing.Floor"/> or <see cref="BleuSmoothing.AddK"/>; null is 0.1 or 1.</summary>
    public double? SmoothingValue { get; init; }

    /// <summary>The longest n-grams.</summary>
    public int Order { get; init; } = 4;

    /// <summary>Leaves out orders that the texts are too short for; for single sentences.</summary>
    public bool EffectiveOrder { get; init; }

    /// <summary>Compares lower case.</summary>
    public bool LowerCase { get; init; }
}
