using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R9: our centralised step / the same step in Python's torch, same threads, same BLAS settings.</summary>
internal sealed class PythonStep : IBenchmark
{
    public string Name => "r9";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (name, method) in Scenario.Methods)
        {
            var result = new Result { Ratio = "R9 our centralised step / Python's", Case = name, Bar = Bar.AtMost(1.10) };
            if (PythonTrainer.FindPython() is not { } python)
            {
                results.Add(result with { Note = "no python3 here imports torch (Debian, Ubuntu: apt-get install python3-torch)" });
                continue;
            }

            using var scenario = new Scenario(Scenario.Model, method);
            using var ours = new CentralisedStep(scenario);
            using var theirs = await PythonTrainer.StartAsync(python, Scenario.Model, method);
            var batch = scenario.FullBatch();
            var both = await SideBySide.MeasureAsync(steps, () => SideBySide.TimeAsync(() => ours.TakeAsync(batch)), theirs.StepAsync);
            results.Add(result with
            {
                Ours = both.Ours.ToString(),
                Baseline = both.Baseline.ToString(),
                Value = both.Ratio,
                Note = $"{python}, torch {theirs.TorchVersion}, {theirs.Settings}",
            });
        }

        return results;
    }
}
