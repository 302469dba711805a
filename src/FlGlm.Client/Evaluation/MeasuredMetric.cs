using System.Globalization;
using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Evaluation;

/// <summary>A metric with its confidence interval.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">0 to 1.</param>
/// <param name="Low">The lower end of the 95 % interval; null without resamples.</param>
/// <param name="High">Its upper end.</param>
public sealed record MeasuredMetric(string Name, double Value, double? Low = null, double? High = null)
{
    /// <summary>In percent.</summary>
    public override string ToString() => Low is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Name} {100 * Value:F2}")
        : string.Create(CultureInfo.InvariantCulture, $"{Name} {100 * Value:F2} ({100 * Low:F2} to {100 * High:F2})");

    internal static IReadOnlyList<MeasuredMetric> Of(IReadOnlyList<Metric> metrics, IReadOnlyList<ConfidenceInterval>? intervals) =>
        [.. metrics.Select((metric, index) => new MeasuredMetric(metric.Name, metric.Value, intervals?[index].Low, intervals?[index].High))];
}
