using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R2: bytes on the wire / the floor, four tensors of H float32 numbers per real token.</summary>
internal sealed class WireBytes : IBenchmark
{
    private const int PassesOverTheWire = 4;

    public string Name => "r2";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        using var scenario = new Scenario(Scenario.ShrunkModel, PeftMethod.Lora);
        return await SplitRun.TakeTurnAsync<IReadOnlyList<Result>>(scenario, async split =>
            [
                await MeasureAsync(split, "full rows, 8 x 128", scenario.FullBatch(), steps),
                await MeasureAsync(split, "ragged rows, 16 to 128", scenario.RaggedBatch(), steps),
            ]);
    }

    private static async Task<Result> MeasureAsync(SplitRun.Steps split, string name, TrainingBatch batch, int steps)
    {
        var before = split.WireBytes();
        for (var step = 0; step < steps; step++)
            await split.TakeAsync(batch);
        var bytes = (split.WireBytes() - before) / (double)steps;
        var floor = PassesOverTheWire * Scenario.ShrunkModel.Hidden * sizeof(float) * (double)batch.Tokens;
        return new Result
        {
            Ratio = "R2 wire bytes / floor",
            Case = name,
            Ours = $"{bytes:N0} bytes a step",
            Baseline = $"{floor:N0} bytes",
            Value = bytes / floor,
            Bar = Bar.AtMost(1.01),
            Note = $"{batch.Tokens} real tokens of {batch.Rows * batch.Length}, H {Scenario.ShrunkModel.Hidden}, float32, sealed, headers and tags included",
        };
    }
}
