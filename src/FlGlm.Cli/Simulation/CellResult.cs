using System.Text.Json.Serialization;
using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;
using FlGlm.Client.Evaluation;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>What a cell's run gave.</summary>
/// <param name="Name">The cell's.</param>
/// <param name="Steps">Of all clients.</param>
/// <param name="Samples">Rows of these steps.</param>
/// <param name="WallS">Seconds from the begin of the first step to the end of the last, by the clock.</param>
/// <param name="StepS">Seconds of the steps alone, without averages, keys and validation: of the slowest client, or of all where they take turns.</param>
/// <param name="SecondsPer1000Samples">Of the first of these.</param>
/// <param name="Loss">The mean of the last tenth of every client's steps.</param>
/// <param name="ValidationLoss">At the end, the mean over the clients; null without rows to validate with.</param>
/// <param name="Scores">Of the task's questions, in percent, by the metric's name, the one that counts first; none without a task.</param>
/// <param name="BytesUp">What the clients have sent in their steps.</param>
/// <param name="BytesDown">What they have received.</param>
internal sealed record CellResult(
    string Name,
    int Steps,
    long Samples,
    double WallS,
    double StepS,
    [property: JsonPropertyName("seconds_per_1000_samples")] double SecondsPer1000Samples,
    double Loss,
    double? ValidationLoss,
    IReadOnlyDictionary<string, double> Scores,
    long BytesUp,
    long BytesDown)
{
    /// <summary>Reads what the clients have written.</summary>
    /// <param name="wall">Seconds by the clock.</param>
    /// <param name="scores">Null without a task.</param>
    public static CellResult Of(SimulateCell cell, IReadOnlyList<string> clients, double wall, EvaluationSummary? scores)
    {
        List<IReadOnlyList<RecordedStep>> runs = [.. clients.Select(client => RecordedStep.Read(Path.Combine(client, RunDirectory.MetricsName)))];
        var seconds = runs.Select(run => run.Sum(step => step.Seconds[RecordedStep.Total]));
        var steps = runs.Sum(run => run.Count);
        var samples = (long)steps * cell.Config.Training.RowsPerStep;
        var validation = clients.Select(LastValidation).OfType<double>().ToList();
        return new CellResult(
            cell.Name,
            steps,
            samples,
            wall,
            cell.Strategy == StrategyName.Serial ? seconds.Sum() : seconds.Max(),
            1000 * wall / samples,
            runs.Average(LastTenth),
            validation.Count > 0 ? validation.Average() : null,
            (scores?.Metrics ?? []).ToDictionary(metric => metric.Name, metric => 100 * metric.Value),
            runs.Sum(run => run.Sum(step => step.BytesUp)),
            runs.Sum(run => run.Sum(step => step.BytesDown)));
    }

    private static double LastTenth(IReadOnlyList<RecordedStep> steps) => steps.TakeLast((steps.Count + 9) / 10).Average(step => step.Loss);

    private static double? LastValidation(string client) => RecordedValidation.Read(Path.Combine(client, RunDirectory.ValidationName)) is [.., var last] ? last.Loss : null;
}
