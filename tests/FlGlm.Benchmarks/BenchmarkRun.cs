using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Reporting;
using Spectre.Console;

namespace FlGlm.Benchmarks;

/// <summary>Runs benchmarks one after the other; one that fails is reported, and the others still run.</summary>
/// <param name="steps">samples behind every median</param>
/// <param name="path">of the report</param>
internal sealed class BenchmarkRun(int steps, string path)
{
    /// <returns>whether all of them ran; missed bars are in the report, and no failure</returns>
    public async Task<bool> RunAsync(IReadOnlyList<IBenchmark> benchmarks)
    {
        var results = new List<Result>();
        var load = MachineFacts.Load();
        var complete = true;
        foreach (var benchmark in benchmarks)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]measuring {benchmark.Name} ...[/]");
            try
            {
                results.AddRange(await benchmark.RunAsync(steps));
            }
#pragma warning disable CA1031 // an hour's figures should not be lost to the last one's failure
            catch (Exception e)
            {
                complete = false;
                results.Add(new Result { Ratio = benchmark.Name, Case = "FAILED", Note = e.Message });
                AnsiConsole.WriteException(e);
            }
        }

        ConsoleTable.Write(results);
        MarkdownReport.Write(path, results, steps, load);
        AnsiConsole.MarkupLineInterpolated($"report: {path}");
        return complete;
    }
}
