using FlGlm.Benchmarks.Measuring;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R1x: what the wire costs where compute does not hide it, in milliseconds a step.</summary>
internal sealed class ShrunkStep : IBenchmark
{
    /// <summary>A shrunk step is forty times shorter than R1's, so more of them go into its median.</summary>
    private const int MoreSteps = 5;

    public string Name => "r1x";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (name, method) in Scenario.Methods)
        {
            var (times, legs) = await SplitStep.MeasureAsync(Scenario.ShrunkModel, method, steps * MoreSteps);
            results.Add(new Result
            {
                Ratio = "R1x split - centralised step",
                Case = name,
                Ours = times.Ours.ToString(),
                Baseline = times.Baseline.ToString(),
                Value = times.ExtraMilliseconds,
                Unit = "ms",
                Bar = Bar.AtMost(8),
                Note = $"3 blocks, H 512, FFN 32, V 64, T 128, B 8: 8.4 MB on the wire; {times.Ours.Seconds.Count} samples; goal 4 ms; {times.First.ExtraMilliseconds:F1} on one core and {times.Second.ExtraMilliseconds:F1} on the other; {legs}",
            });
        }

        return results;
    }
}
