using FlGlm.Privacy.Evaluation;

namespace FlGlm.Privacy.Reports;

/// <summary>The best attack on one channel of a run, and what all attacks on it say.</summary>
/// <param name="Best">the one that is furthest above its constant baseline, of those whose controls hold if there are any</param>
/// <param name="Verdict">of all attacks on the channel</param>
public sealed record ChannelLeakage(AttackResult Best, LeakageVerdict Verdict)
{
    /// <summary>Which tensor the attacks read.</summary>
    public string Channel => Best.Channel;

    /// <summary>The channels of some results, in their order.</summary>
    /// <param name="threshold">points of 1 above the constant baseline, fixed before the measurement</param>
    public static IReadOnlyList<ChannelLeakage> Of(IEnumerable<AttackResult> results, double threshold) =>
        [.. results.GroupBy(result => result.Channel).Select(channel => Of([.. channel], threshold))];

    private static ChannelLeakage Of(IReadOnlyList<AttackResult> results, double threshold)
    {
        var held = results.Where(result => result.PositiveHolds && result.NegativeHolds).ToList();
        var best = (held.Count > 0 ? held : results).MaxBy(result => result.Leakage)!;
        if (results.Any(result => result.NegativeHolds && !IsBelow(result)))
            return new ChannelLeakage(results.Where(result => result.NegativeHolds).MaxBy(result => result.Leakage)!, LeakageVerdict.AboveThreshold);
        return new ChannelLeakage(best, held.Count > 0 && results.All(IsBelow) ? LeakageVerdict.MeasuredBelow : LeakageVerdict.ControlsFail);

        bool IsBelow(AttackResult result) => result.Scores.Interval.High < result.Baseline + threshold;
    }
}
