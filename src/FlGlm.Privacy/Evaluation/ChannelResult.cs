using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Privacy.Evaluation;

/// <summary>How much one channel tells.</summary>
/// <param name="Channel">what the server sees</param>
/// <param name="Measure">what the figure is</param>
/// <param name="Value">null where the channel has carried nothing, or nothing can be measured</param>
/// <param name="Interval">95 %; null where there is none</param>
/// <param name="Control">what the same measure gives where nothing can be learnt; null where there is none</param>
/// <param name="Note">which attack, or why there is no figure</param>
public sealed record ChannelResult(string Channel, string Measure, double? Value, ConfidenceInterval? Interval, double? Control, string Note)
{
    /// <summary>One without a figure.</summary>
    internal static ChannelResult Nothing(string channel, string measure, string why) => new(channel, measure, null, null, null, why);

    /// <summary>One whose figures may be no numbers, which are left out.</summary>
    internal static ChannelResult Of(string channel, string measure, double value, ConfidenceInterval? interval, double control, string note) =>
        new(channel, measure, Finite(value), interval is { Low: var low, High: var high } && double.IsFinite(low) && double.IsFinite(high) ? interval : null, Finite(control), note);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
