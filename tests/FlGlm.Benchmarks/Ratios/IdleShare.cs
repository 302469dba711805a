using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;
using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>The share of the time in which no compute lane of the server works while four clients train.</summary>
internal sealed class IdleShare : IBenchmark
{
    private const int Clients = 4;
    private const int Steps = 5;
    private const int MostSamples = 3;

    public string Name => "idle";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        if (!OperatingSystem.IsLinux())
            return [new Result { Ratio = "idle", Case = "all", Note = "skipped: it reads /proc" }];
        using var model = new Scenario(Scenario.DeepModel with { Vocabulary = Scenario.SmallVocabularyModel.Vocabulary }, PeftMethod.Lora, rows: 1);
        await using var keys = new LoopbackKeys(Clients);
        var results = new List<Result>();
        foreach (var (name, strategy, products) in Strategies.AtOnce.Append(("serial", StrategyName.Serial, BatchProducts.Joined)))
        {
            using var plan = model.With(plan => plan.For(strategy, Clients, Steps, products));
            results.Add(await MeasureAsync(name, plan, keys, Math.Min(steps, MostSamples)) with
            {
                Bar = strategy == StrategyName.ServerHierarchical ? Bar.AtMost(0.1) : null,
            });
        }

        return results;
    }

    private static async Task<Result> MeasureAsync(string name, Scenario plan, LoopbackKeys keys, int samples)
    {
        await using var group = await ClientGroup.StartAsync(plan, keys);
        await group.TakeStepsAsync();
        var (shares, seconds, lanes) = (new List<double>(), new List<double>(), 0);
        while (shares.Count < samples)
        {
            (var share, lanes) = await LaneWatch.IdleShareAsync(group.Server.Id, async () => seconds.Add(await group.TakeStepsAsync()));
            shares.Add(share);
        }

        return new Result
        {
            Ratio = "idle time of all the server's lanes / wall time",
            Case = $"{name}, M {Clients}",
            Ours = $"{lanes} lane{(lanes == 1 ? "" : "s")}",
            Baseline = $"{Steps} steps in {new Samples(seconds)}",
            Value = new Samples(shares).P50,
            Note = $"12 blocks, 10 of them at the server, H 512, FFN 1376, V 1000, B 1, T 128, LoRA r 8; server and clients share {Environment.ProcessorCount} cores, "
                + $"and a lane that waits for a core works; shares {string.Join(", ", shares.Select(share => $"{share:P1}"))}",
        };
    }
}
