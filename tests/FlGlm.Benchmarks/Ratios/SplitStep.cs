using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Planning;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R1: a split step, one client, loopback, sealed / a centralised step.</summary>
internal sealed class SplitStep : IBenchmark
{
    public string Name => "r1";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (name, method) in Scenario.Methods)
        {
            var (times, legs) = await MeasureAsync(Scenario.Model, method, steps);
            results.Add(new Result
            {
                Ratio = "R1 split / centralised step",
                Case = name,
                Ours = times.Ours.ToString(),
                Baseline = times.Baseline.ToString(),
                Value = times.Ratio,
                Bar = Bar.AtMost(1.08),
                Note = $"8 blocks, H 512, FFN 1376, V 8000, T 128, B 8, frozen base; goal 1.02; {legs}",
            });
        }

        return results;
    }

    /// <summary>Split and centralised steps of one model in turn, over the same batch; the two sides change cores again and again.</summary>
    public static async Task<(TwoPlaces Times, string Legs)> MeasureAsync(TinyLlama model, PeftMethod method, int steps)
    {
        using var scenario = new Scenario(model, method);
        using var whole = new CentralisedStep(scenario);
        var batch = scenario.FullBatch();
        return await SplitRun.TakeTurnAsync(scenario, async split =>
        {
            var times = await TwoPlaces.MeasureAsync(steps, () => split.TakeAsync(batch), () => whole.TakeAsync(batch), split.SwapCores);
            return (times, split.Times.ToString());
        });
    }
}
