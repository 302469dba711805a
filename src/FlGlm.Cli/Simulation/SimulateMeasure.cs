namespace FlGlm.Cli.Simulation;

/// <summary>One figure of a result.</summary>
/// <param name="Key">Its column in results.csv.</param>
/// <param name="Title">In tables and plots.</param>
/// <param name="Value">Of a result; null where it has none.</param>
/// <param name="IsPlotted">Whether there is a plot of it.</param>
internal sealed record SimulateMeasure(string Key, string Title, Func<CellResult, double?> Value, bool IsPlotted = false)
{
    private const double Megabyte = 1e6;

    /// <summary>The measure of the metric that counts, whichever it is for a task.</summary>
    public static SimulateMeasure Score { get; } = new("score", "score in percent", result => result.Scores.Count == 0 ? null : result.Scores.First().Value, IsPlotted: true);

    /// <summary>Those that a result has, with a measure of each metric.</summary>
    public static IReadOnlyList<SimulateMeasure> Of(IReadOnlyCollection<CellResult> results) =>
    [
        .. new SimulateMeasure[]
        {
            new("seconds_per_1000_samples", "seconds per 1000 samples", result => result.SecondsPer1000Samples, IsPlotted: true),
            new("wall_s", "seconds of training", result => result.WallS),
            new("step_s", "seconds of its steps", result => result.StepS),
            new("loss", "loss of the last 10 % of steps", result => result.Loss, IsPlotted: true),
            new("validation_loss", "validation loss", result => result.ValidationLoss, IsPlotted: true),
        }.Where(measure => results.Any(result => measure.Value(result) is not null)),
        .. results.SelectMany(result => result.Scores.Keys).Distinct().Select(metric =>
            new SimulateMeasure(metric.ToLowerInvariant().Replace(' ', '_'), $"{metric} in percent", result => result.Scores.TryGetValue(metric, out var score) ? score : null)),
        new("megabytes_up", "megabytes from clients", result => result.BytesUp / Megabyte),
        new("megabytes_down", "megabytes to clients", result => result.BytesDown / Megabyte),
    ];
}
