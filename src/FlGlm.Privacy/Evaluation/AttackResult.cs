using FlGlm.Privacy.Metrics;

namespace FlGlm.Privacy.Evaluation;

/// <summary>An attack on a client's tokens with its controls. No result stands without them.</summary>
/// <param name="Attack">its name</param>
/// <param name="Channel">what it reads</param>
/// <param name="Scores">against the client's rows</param>
/// <param name="Baseline">always the most frequent token</param>
/// <param name="Positive">the same attack at the naked boundary, the embedding alone, which must be broken</param>
/// <param name="Negative">top-1 of the same attack with shuffled tokens, which must find nothing, over several seeds: rows of one form share their mistakes</param>
public sealed record AttackResult(string Attack, string Channel, TokenScores Scores, double Baseline, TokenScores Positive, SeedSpread Negative)
{
    /// <summary>Top-1 over several seeds of the attack's training; null where it was trained once, or trains nothing.</summary>
    public SeedSpread? Seeds { get; init; }

    /// <summary>The positive control must be this far above the baseline.</summary>
    public const double PositiveMargin = 0.20;

    /// <summary>The negative control may be this far above the baseline, or half of its 95 % interval over the seeds where that is wider.</summary>
    public const double NegativeMargin = 0.001;

    /// <summary>Points of token accuracy above the baseline, of 1.</summary>
    public double Leakage => Scores.Top1 - Baseline;

    /// <summary>Whether the attack breaks what is not protected at all.</summary>
    public bool PositiveHolds => Positive.Top1 - Baseline >= PositiveMargin;

    /// <summary>Whether it finds nothing where there is nothing.</summary>
    public bool NegativeHolds => Negative.Mean - Baseline <= Math.Max(NegativeMargin, Negative.HalfWidth);
}
