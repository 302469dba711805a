using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>A centralised step of a large model with one thread / with as many as <c>compute.threads: auto</c> takes.</summary>
internal sealed class Threads : IBenchmark
{
    /// <summary>Such a step takes seconds.</summary>
    private const int MostSteps = 5;

    private const int Rows = 2;

    public string Name => "threads";

    /// <summary>Of the model, 44 million parameters each.</summary>
    public int Blocks { get; set; }

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var model = Scenario.LargeModel with { Blocks = Blocks };
        using var scenario = new Scenario(model, PeftMethod.Lora, Rows);
        using var step = new CentralisedStep(scenario);
        var batch = scenario.FullBatch();
        var all = new ComputeSettings().Resolved().Threads!.Value;
        var both = await SideBySide.MeasureAsync(Math.Min(steps, MostSteps), () => TimeAsync(all), () => TimeAsync(1));
        return
        [
            new Result
            {
                Ratio = $"threads, step with {all} / with 1",
                Case = $"{model.Blocks} blocks, B {Rows}, T {scenario.Length}",
                Ours = both.Ours.ToString(),
                Baseline = both.Baseline.ToString(),
                Value = both.Ratio,
                Note = $"centralised, LoRA r 8, float32; H {model.Hidden}, {model.Heads} heads, {model.KeyValueHeads} of keys and values, "
                    + $"FFN {model.Intermediate}, V {model.Vocabulary}; {both.Ours.Seconds.Count} samples; report only",
            },
        ];

        async Task<double> TimeAsync(int threads)
        {
            await step.SetThreadsAsync(threads);
            return await step.TimeAsync(batch);
        }
    }
}
