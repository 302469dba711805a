using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;
using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R9: our centralised step / the same step in plain PyTorch, each with its own library and one thread.</summary>
internal sealed class PythonStep : IBenchmark
{
    private const int ShortRows = 8;
    private const int ShortLength = 128;
    private const int LongRows = 2;
    private const int LongLength = 512;

    public string Name => "r9";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (name, method) in Scenario.Methods)
        {
            results.Add(await MeasureAsync(method, ShortRows, ShortLength, steps) with
            {
                Case = name,
                Bar = Bar.AtMost(1),
            });
        }

        results.Add(await MeasureAsync(PeftMethod.Lora, LongRows, LongLength, steps) with { Case = $"LoRA r 8, T {LongLength}, B {LongRows}" });
        return results;
    }

    private static async Task<Result> MeasureAsync(PeftMethod method, int rows, int length, int steps)
    {
        var result = new Result { Ratio = "R9 our centralised step / PyTorch's", Case = "" };
        if (PythonTrainer.FindPython() is not { } python)
            return result with { Note = "no python3 here imports torch (Debian, Ubuntu: apt-get install python3-torch)" };
        using var scenario = new Scenario(Scenario.Model, method, rows, length);
        using var ours = new CentralisedStep(scenario);
        using var theirs = await PythonTrainer.StartAsync(python, Scenario.Model, method, rows, length);
        var batch = scenario.FullBatch();
        var both = await SideBySide.MeasureAsync(steps, () => ours.TimeAsync(batch), theirs.StepAsync);
        return result with
        {
            Ours = both.Ours.ToString(),
            Baseline = both.Baseline.ToString(),
            Value = both.Ratio,
            Note = $"goal {(length == LongLength ? 0.6 : 0.9)}; {python}, torch {theirs.TorchVersion}, {theirs.Settings}",
        };
    }
}
