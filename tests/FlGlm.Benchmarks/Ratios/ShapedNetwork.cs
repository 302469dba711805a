using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>A split step over a network of limited bandwidth with a delay / over loopback, with the batch undivided and in micro-batches.</summary>
internal sealed class ShapedNetwork : IBenchmark
{
    /// <summary>Of each network; the slow one takes seconds.</summary>
    private const int MostSteps = 5;
    private static readonly int[] MicroBatches = [1, 2, 4];
    private static readonly NetworkShape[] Networks =
    [
        NetworkShape.None,
        new("1 Gbit/s, 1 ms", 1e9, TimeSpan.FromMilliseconds(1)),
        new("100 Mbit/s, 50 ms", 100e6, TimeSpan.FromMilliseconds(50)),
    ];

    public string Name => "wan";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        using var model = new Scenario(Scenario.SmallVocabularyModel, PeftMethod.Lora);
        var times = new Dictionary<int, IReadOnlyList<Samples>>();
        foreach (var parts in MicroBatches)
        {
            await using var relay = new ShapedRelay();
            using var plan = model.With(plan => plan with { Training = plan.Training with { MicroBatches = parts } });
            times[parts] = await SplitRun.TakeTurnAsync(plan, split => MeasureAsync(plan, split, relay, Math.Min(steps, MostSteps)), relay);
        }

        return [.. Networks.Index().SelectMany(network => MicroBatches.Select(parts => ResultOf(network.Index, parts, times)))];
    }

    private static async Task<IReadOnlyList<Samples>> MeasureAsync(Scenario plan, SplitRun.Steps split, ShapedRelay relay, int steps)
    {
        var batch = plan.FullBatch();
        await SideBySide.SettleAsync(() => split.TakeAsync(batch));
        var times = Networks.Select(_ => new List<double>()).ToArray();
        for (var step = 0; step < steps; step++)
        {
            foreach (var (network, samples) in Networks.Zip(times))
            {
                relay.Shape = network;
                samples.Add((await split.TakeAsync(batch)).Total);
            }
        }

        return [.. times.Select(samples => new Samples(samples))];
    }

    private static Result ResultOf(int network, int parts, Dictionary<int, IReadOnlyList<Samples>> times) => new()
    {
        Ratio = "step over a network / over loopback",
        Case = $"{Networks[network].Name}; micro-batches {parts}",
        Ours = times[parts][network].ToString(),
        Baseline = times[parts][0].ToString(),
        Value = times[parts][network].P50 / times[parts][0].P50,
        Note = $"{times[parts][network].P50 / times[1][network].P50:F2} of the undivided step there; one way delay; 8 blocks, H 512, FFN 1376, V 1000, B 8, T 128, "
            + "LoRA r 8, one thread and one core a side; a relay in the client's process limits both directions; report only",
    };
}
