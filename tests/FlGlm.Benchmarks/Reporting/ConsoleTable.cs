using FlGlm.Benchmarks.Measuring;
using Spectre.Console;

namespace FlGlm.Benchmarks.Reporting;

/// <summary>The results on the terminal: a table, and the notes below it.</summary>
internal static class ConsoleTable
{
    private const int RedirectedWidth = 180;

    public static void Write(IReadOnlyList<Result> results)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = RedirectedWidth;
        var table = new Table().AddColumns("ratio", "case", "ours (p50 / p95)", "baseline (p50 / p95)", "figure", "bar", "");
        foreach (var result in results)
        {
            string[] cells = [result.Ratio, result.Case, result.Ours, result.Baseline, result.Figure, result.Bar?.ToString() ?? "", result.Verdict];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
        foreach (var result in results.Where(result => result.Note.Length > 0))
            Console.WriteLine($"{result.Ratio}, {result.Case}: {result.Note}");
    }
}
