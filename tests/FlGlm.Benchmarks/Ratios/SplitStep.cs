using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>
/// R1: a split step, one client, loopback, sealed / a centralised step; the two sides change cores again and again. With micro-batches, which both
/// sides compute at the same time, R1m; the centralised step stays undivided.
/// </summary>
internal sealed class SplitStep(int microBatches = 1) : IBenchmark
{
    private const int Whole = 0;
    private const int Split = 1;

    public string Name => microBatches == 1 ? "r1" : "r1m";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (name, method) in Scenario.Methods)
        {
            using var scenario = new Scenario(Scenario.Model, method, microBatches: microBatches);
            using var whole = new CentralisedStep(scenario);
            var batch = scenario.FullBatch();
            results.Add(await SplitRun.TakeTurnAsync(scenario, async split =>
            {
                var times = await TwoPlaces.MeasureAsync(
                    steps, split.Cores.Exchange, async () => [await whole.TimeAsync(batch)], async () => [(await split.TakeAsync(batch)).Total]);
                return new Result
                {
                    Ratio = microBatches == 1 ? "R1 split / centralised step" : $"R1m split in {microBatches} micro-batches / centralised step",
                    Case = name,
                    Ours = times.Of(Split).ToString(),
                    Baseline = times.Of(Whole).ToString(),
                    Value = times.Ratio(Split, Whole),
                    Bar = Bar.AtMost(microBatches == 1 ? 1.05 : 0.95),
                    Note = $"8 blocks, H 512, FFN 1376, V 8000, T 128, B 8, frozen base; goal {(microBatches == 1 ? "1.02" : "0.8")}; {times.Places(Split, Whole)} in the two places; {split.Times}",
                };
            }));
        }

        return results;
    }
}
