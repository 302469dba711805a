using System.Globalization;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>What checkpoints add to a step: one written and flushed to the disk / as many steps as lie between two. Head, middle and tail together.</summary>
internal sealed class CheckpointCost : IBenchmark
{
    public string Name => "checkpoint";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (name, method) in Scenario.Methods)
        {
            using var scenario = new Scenario(Scenario.Model, method);
            results.Add(await MeasureAsync(name, scenario, steps));
        }

        return results;
    }

    private static async Task<Result> MeasureAsync(string name, Scenario scenario, int steps)
    {
        using var folder = new TempFolder();
        using var whole = new CentralisedStep(scenario);
        var (store, batch, every) = (new CheckpointStore(folder.At("checkpoints")), scenario.FullBatch(), new CheckpointSettings().Every);
        var times = await SideBySide.MeasureAsync(steps, () => whole.WriteAsync(store), () => whole.TakeAsync(batch));
        return new Result
        {
            Ratio = $"checkpoint / {every} steps",
            Case = name,
            Ours = times.Ours.ToString(),
            Baseline = times.Baseline.ToString(),
            Value = times.Ratio / every,
            Bar = Bar.AtMost(0.03),
            Note = string.Create(CultureInfo.InvariantCulture, $"{whole.CheckpointBytes / 1e6:F1} MB, head, middle and tail; written, hashed and flushed"),
        };
    }
}
