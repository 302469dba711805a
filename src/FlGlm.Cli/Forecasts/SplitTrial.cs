using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;

namespace FlGlm.Cli.Forecasts;

/// <summary>A short run of a server and a client on this machine: the first steps of a run, without its validation.</summary>
/// <param name="Steps">as the client has measured them</param>
/// <param name="ClientPeak">the most memory that the client had, in bytes</param>
/// <param name="ServerPeak">and the server</param>
internal sealed record SplitTrial(IReadOnlyList<RecordedStep> Steps, long ClientPeak, long ServerPeak)
{
    /// <summary>The fewest steps that say something.</summary>
    public const int FewestSteps = 6;

    /// <summary>Seconds of a step, the median.</summary>
    public double Total => Median(step => step.Seconds[RecordedStep.Total]);

    /// <summary>Seconds that the client computes, and the server.</summary>
    public StepSeconds Compute => new(
        Median(step => Sum(step, StepLeg.Head, StepLeg.Tail, StepLeg.TailBackward, StepLeg.HeadBackward, StepLeg.Optimizer)),
        Median(step => Sum(step, StepLeg.Middle, StepLeg.MiddleBackward)));

    /// <exception cref="LocalRunException">A side has not ended well.</exception>
    public static async Task<SplitTrial> RunAsync(FlGlmConfig config, int steps, CancellationToken ct)
    {
        var path = Directory.CreateTempSubdirectory("flglm-plan-").FullName;
        try
        {
            var (names, keys) = LocalFolder.MakeKeys(path, clients: 1);
            var folder = new LocalFolder(path, Shortened(config, names, steps), keys) { KeepsFilesTogether = true };
            var port = LocalFolder.FreePort();
            var run = new LocalRun(folder, port, $"127.0.0.1:{port}");
            var peaks = run.Sides.ToDictionary(side => side.Name, _ => 0L);
            foreach (var side in run.Sides)
                side.Stepped += (stepped, _) => peaks[stepped.Name] = Math.Max(peaks[stepped.Name], stepped.PeakBytes ?? 0);
            if (await run.EndAsync(limit: null, ct) is { } failure)
                throw new LocalRunException(failure);
            return new SplitTrial(RecordedStep.Read(Path.Combine(folder.RunOf(names[0]), "metrics.jsonl")), peaks[names[0]], peaks[LocalFolder.Server]);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static FlGlmConfig Shortened(FlGlmConfig config, IReadOnlyList<string> names, int steps) => config with
    {
        Training = config.Training with { Strategy = StrategyName.Serial, Rounds = 1, Epochs = 0, Steps = steps },
        Clients = config.Clients with { Expected = 1, Names = names, Minimum = 0 },
        Data = config.Data with { Validation = [] },
        Client = config.Client with { EvalMetric = false, KeepBest = false, Patience = 0 },
        Telemetry = new(),
    };

    private static double Sum(RecordedStep step, params StepLeg[] legs) => legs.Sum(leg => step.Seconds[StepTimings.NameOf(leg)]);

    /// <summary>Of the second half: the first steps are slower, since code is compiled, and memory taken.</summary>
    private double Median(Func<RecordedStep, double> value)
    {
        List<double> sorted = [.. Steps.Skip(Steps.Count / 2).Select(value).Order()];
        return sorted[sorted.Count / 2];
    }
}
