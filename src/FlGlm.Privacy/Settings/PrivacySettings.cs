using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Settings;

/// <summary>What a client does so that the server learns less. The adapters that travel at an average are covered by <see cref="Adapters"/> alone.</summary>
public sealed record PrivacySettings : IValidated
{
    /// <summary>Hidden states before they leave.</summary>
    public HiddenDefenceSettings Hidden { get; init; } = new();

    /// <summary>Gradients before they leave, and those that have come home.</summary>
    public GradientDefenceSettings Gradient { get; init; } = new();

    /// <summary>Gradients that head and tail step with.</summary>
    public AdapterDefenceSettings Adapters { get; init; } = new();

    /// <summary>The tokens that the head reads.</summary>
    public TokenDefenceSettings Tokens { get; init; } = new();

    /// <summary>Weight of the distance correlation between token embeddings and h0 in the head's loss (NoPeek, Vepakomma et al. 2020); 0 = none.</summary>
    public double NoPeek { get; init; }

    /// <summary>Weight of the RV coefficient of token embeddings and h0, their linear correlation, in the head's loss (Escoufier 1973); 0 = none.</summary>
    public double Decorrelation { get; init; }

    /// <summary>Tokens, in ascending order: each row is padded to the first that holds it, which is the length that the server sees; empty = rows leave with their own.</summary>
    public IReadOnlyList<int> LengthBuckets { get; init; } = [];

    /// <summary>Delta, between 0 and 1, at which an epsilon is stated. Usually less than 1 / rows.</summary>
    public double Delta { get; init; } = 1e-5;

    /// <summary>Epsilon at <see cref="Delta"/> that no row's releases exceed: the client stops before the step that would, with everything saved; 0 = none.</summary>
    public double Budget { get; init; }

    /// <summary>Whether the order of the data comes from the client's secret instead of <c>training.seed</c>, which the server knows; null = with any noise.</summary>
    public bool? SecretOrder { get; init; }

    /// <summary>Whether anything differs from a run without defences.</summary>
    public bool IsOn => ChangesTensors || TakesSecretOrder || Tokens.Epsilon > 0 || NoPeek > 0 || Decorrelation > 0 || LengthBuckets.Count > 0;

    /// <summary>Those that count where answers are written or measured: nothing learns there, and prompts leave with their own lengths.</summary>
    public PrivacySettings OfAnswers => this with { Adapters = new(), NoPeek = 0, Decorrelation = 0, LengthBuckets = [] };

    /// <summary>Whether rows or their gradients are clipped, and so perhaps have noise.</summary>
    internal bool ChangesTensors => Hidden.Clip > 0 || Gradient.Clip > 0 || Adapters.Clip > 0;

    /// <summary>Whether any noise is added.</summary>
    internal bool HasNoise => Hidden.Noise > 0 || Gradient.Noise > 0 || Adapters.Noise > 0;

    /// <summary>Whether the order of the data comes from the secret.</summary>
    public bool TakesSecretOrder => SecretOrder ?? HasNoise;

    /// <summary>Whether releases are counted.</summary>
    internal bool CountsReleases => HasNoise || TakesSecretOrder;

    /// <summary>Whether something comes from the client's secret.</summary>
    internal bool NeedsSecret => CountsReleases || Tokens.Epsilon > 0;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        foreach (var (part, settings) in new (string, IValidated)[] { ("hidden", Hidden), ("gradient", Gradient), ("adapters", Adapters), ("tokens", Tokens) })
        {
            foreach (var problem in settings.Validate())
                yield return problem with { Key = $"{part}.{problem.Key}" };
        }

        foreach (var (key, weight) in new[] { ("no_peek", NoPeek), ("decorrelation", Decorrelation) }.Where(weight => !(weight.Item2 >= 0 && double.IsFinite(weight.Item2))))
            yield return new Problem(key, $"{weight} is no weight in a loss; 0 or more.");
        if (LengthBuckets.Any(length => length < 2) || !LengthBuckets.SequenceEqual(LengthBuckets.Distinct().Order()))
            yield return new Problem("length_buckets", $"[{string.Join(", ", LengthBuckets)}] are no lengths to pad to; 2 or more tokens each, in ascending order.");
        if (!(Delta > 0 && Delta < 1))
            yield return new Problem("delta", $"{Delta} is no probability to state an epsilon at; between 0 and 1.");
        if (!(Budget >= 0 && double.IsFinite(Budget)))
            yield return new Problem("budget", $"{Budget} is no epsilon; 0 or more.");
        if (Budget > 0 && Hidden.Noise == 0)
            yield return new Problem("hidden.noise", "privacy.budget limits an epsilon, and hidden states that leave without noise have none; more than 0.");
        if (Budget > 0 && Gradient.Noise == 0)
            yield return new Problem("gradient.noise", "privacy.budget limits an epsilon, and gradients that leave without noise have none; more than 0.");
    }
}
