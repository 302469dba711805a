using System.Globalization;

namespace FlGlm.Client.Evaluation;

/// <summary>A validation loss, and where it was asked for the task's metrics. <see cref="ToString"/> gives all, with the files' own losses where there are several.</summary>
/// <param name="Loss">The mean over all targets of all rows.</param>
/// <param name="Files">The same of each file; empty where there is but one.</param>
public sealed record ValidationResult(double Loss, IReadOnlyDictionary<string, double> Files)
{
    /// <summary>The task's metrics, the one that counts first; empty where they are not measured.</summary>
    public IReadOnlyList<MeasuredMetric> Metrics { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString()
    {
        var files = string.Join(", ", Files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Key} {file.Value:F4}")));
        return string.Create(CultureInfo.InvariantCulture, $"{Loss:F4}") + (files.Length > 0 ? $" ({files})" : "") + string.Concat(Metrics.Select(metric => $", {metric}"));
    }
}
