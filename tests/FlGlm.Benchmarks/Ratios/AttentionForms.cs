using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>The fused attention kernel / softmax(bmm) on the same library: by itself, forward and backward, and within a whole step.</summary>
internal sealed class AttentionForms : IBenchmark
{
    private const int StepRows = 2;
    private const int StepLength = 512;

    /// <summary>At T 128 the two are about even.</summary>
    private static readonly (int Rows, int Length, Bar? Bar)[] Kernels = [(8, 128, null), (8, 512, Bar.AtMost(0.6)), (2, 1024, Bar.AtMost(0.6))];

    public string Name => "attention";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (rows, length, bar) in Kernels)
            results.Add(await KernelAsync(rows, length, bar, steps));
        results.Add(await StepAsync(steps));
        return results;
    }

    private static async Task<Result> KernelAsync(int rows, int length, Bar? bar, int steps)
    {
        using var attention = new AttentionPass(rows, length);
        var both = await SideBySide.MeasureAsync(steps, attention.FusedAsync, attention.StepByStepAsync);
        return new Result
        {
            Ratio = "attention, fused / softmax(bmm)",
            Case = $"T {length}, B {rows}",
            Ours = both.Ours.ToString(),
            Baseline = both.Baseline.ToString(),
            Value = both.Ratio,
            Bar = bar,
            Note = $"forward and backward, causal, {AttentionPass.Heads} heads of {AttentionPass.HeadSize}",
        };
    }

    private static async Task<Result> StepAsync(int steps)
    {
        using var scenario = new Scenario(Scenario.Model, PeftMethod.Lora, StepRows, StepLength);
        using var fused = new CentralisedStep(scenario);
        using var stepByStep = new CentralisedStep(scenario, scenario.Blueprint with { AttentionStepByStep = true });
        var batch = scenario.FullBatch();
        var both = await SideBySide.MeasureAsync(steps, () => fused.TakeAsync(batch), () => stepByStep.TakeAsync(batch));
        return new Result
        {
            Ratio = "attention, step with fused / with softmax(bmm)",
            Case = $"T {StepLength}, B {StepRows}, LoRA r 8",
            Ours = both.Ours.ToString(),
            Baseline = both.Baseline.ToString(),
            Value = both.Ratio,
            Bar = Bar.AtMost(0.85),
            Note = "centralised, 8 blocks, H 512, FFN 1376, V 8000",
        };
    }
}
