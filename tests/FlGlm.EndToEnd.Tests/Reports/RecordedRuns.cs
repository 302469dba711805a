using FlGlm.Cli;
using FlGlm.Cli.Runs;
using FlGlm.Client.Evaluation;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.EndToEnd.Tests.Runs;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Reports;

/// <summary>Run directories as runs write them, without their runs.</summary>
internal sealed class RecordedRuns : IDisposable
{
    private readonly TempFolder _folder = new();

    public string At(params string[] parts) => _folder.At(parts);

    /// <summary>Writes a run of some losses; each step has 100 tokens and takes 0.5 s.</summary>
    /// <param name="bytes">that the client sends in a step; it receives half as many. 0 = a run in one process</param>
    /// <param name="validations">steps before them, losses, and the task's accuracy if there is one</param>
    public string Write(string name, float[] losses, long bytes = 0, FlGlmConfig? config = null, params (int Step, double Loss, double? Accuracy)[] validations)
    {
        using var directory = RunDirectory.Create(new RunSettings { Directory = At(name) }, "train", TimeProvider.System);
        directory.WriteConfig(config ?? Config());
        using (var metrics = new MetricsWriter(directory.MetricsPath))
        {
            foreach (var (index, loss) in losses.Index())
            {
                metrics.Write(SampleSteps.Step with
                {
                    Step = index + 1, Loss = loss, Tokens = 100, BytesUp = bytes, BytesDown = bytes / 2, Seconds = new StepTimings { [StepLeg.Head] = 0.1, [StepLeg.Middle] = 0.375, [StepLeg.Tail] = 0.025, Total = 0.5 },
                });
            }
        }

        using var log = new ValidationLog(directory);
        foreach (var (step, loss, accuracy) in validations)
            log.Append(step, new ValidationResult(loss, new Dictionary<string, double>()) { Metrics = accuracy is { } value ? [new MeasuredMetric("accuracy", value)] : [] });
        return At(name);
    }

    public static FlGlmConfig Config(string model = "models/tiny", StrategyName strategy = StrategyName.Serial) =>
        new() { Model = new ModelSettings { Path = model }, Training = new TrainingSettings { Strategy = strategy } };

    public void Dispose() => _folder.Dispose();
}
