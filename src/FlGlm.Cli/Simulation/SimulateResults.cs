using System.Globalization;
using CsvHelper;
using FlGlm.Cli.Reports;
using FlGlm.Cli.Runs;

namespace FlGlm.Cli.Simulation;

/// <summary>The results of a simulation, as tables.</summary>
/// <param name="Cells">All cells in their order; of those that have not ended well there is no result.</param>
internal sealed record SimulateResults(IReadOnlyList<(SimulateCell Cell, CellResult? Result)> Cells)
{
    /// <summary>What there is to show.</summary>
    public IReadOnlyList<SimulateMeasure> Measures { get; } = SimulateMeasure.Of([.. Cells.Select(cell => cell.Result).OfType<CellResult>()]);

    /// <summary>The axes on which cells differ.</summary>
    public IReadOnlyList<SimulateAxis> Axes { get; } = SimulateAxis.Varying([.. Cells.Select(cell => cell.Cell)]);

    /// <summary>Writes results.csv and results.md.</summary>
    public void Write(string folder)
    {
        RunFile.Replace(Path.Combine(folder, "results.csv"), Csv());
        RunFile.Replace(Path.Combine(folder, "results.md"), string.Join('\n', Markdown()) + "\n");
    }

    /// <summary>A row for each cell, with all digits.</summary>
    public string Csv()
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }))
        {
            csv.WriteRecord(["cell", .. SimulateAxis.All.Select(axis => axis.Key), "ended", "steps", "samples", .. Measures.Select(measure => measure.Key)]);
            foreach (var (cell, result) in Cells)
            {
                csv.WriteRecord(
                [
                    cell.Name, .. SimulateAxis.All.Select(axis => axis.Key == SimulateAxis.Task.Key ? cell.Task : axis.Value(cell)),
                    result is null ? "no" : "yes", Number(result?.Steps), Number(result?.Samples),
                    .. Measures.Select(measure => Number(result is null ? null : measure.Value(result))),
                ]);
            }
        }

        return text.ToString();
    }

    /// <summary>A table of means over the seeds.</summary>
    public IEnumerable<string> Markdown()
    {
        List<SimulateAxis> axes = [.. Axes.Where(axis => axis != SimulateAxis.Seed)];
        if (axes.Count == 0)
            axes = [SimulateAxis.Strategy];
        yield return MarkdownTable.Row([.. axes.Select(axis => axis.Title), .. Measures.Select(measure => measure.Title)]);
        yield return MarkdownTable.Row([.. axes.Select(_ => "---"), .. Measures.Select(_ => "---:")]);
        foreach (var group in Cells.GroupBy(cell => string.Join('\n', axes.Select(axis => axis.Value(cell.Cell)))))
        {
            yield return MarkdownTable.Row(
            [
                .. axes.Select(axis => axis.Value(group.First().Cell)),
                .. Measures.Select(measure => StatisticOf(measure, group.Select(cell => cell.Result))?.ToString() ?? ""),
            ]);
        }

        yield return "";
        yield return "Each figure is a mean over the seeds ± the standard deviation (the number of runs).";
        foreach (var (cell, _) in Cells.Where(cell => cell.Result is null))
            yield return $"- {cell.Name} has not ended well, or not yet.";
    }

    /// <summary>A measure over some runs.</summary>
    public static Statistic? StatisticOf(SimulateMeasure measure, IEnumerable<CellResult?> runs) =>
        Statistic.Of(runs.OfType<CellResult>().Select(measure.Value));

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
