namespace FlGlm.Cli.Reports;

/// <summary>The report of one or several runs: what its two files show.</summary>
/// <param name="Notes">Sentences above the tables.</param>
internal sealed record Report(string Title, IReadOnlyList<string> Notes, IReadOnlyList<ReportTable> Tables, IReadOnlyList<ReportPlot> Plots)
{
    /// <summary>Of runs.</summary>
    /// <param name="runs">one or more</param>
    public static Report Of(IReadOnlyList<ReportRun> runs) => new(
        runs.Count == 1 ? $"Run {runs[0].Name}" : $"{runs.Count} runs",
        [.. NotesOf(runs)],
        [.. ReportTables.Of(runs)],
        [.. ReportPlots.Of(runs)]);

    private static IEnumerable<string> NotesOf(IReadOnlyList<ReportRun> runs)
    {
        if (ReportRuns.OtherModel(runs) is var (first, other))
            yield return $"The models differ: '{first.Model}' in {first.Name}, '{other.Model}' in {other.Name}. Their losses do not say which run is better.";
        foreach (var run in runs.Where(run => run.Config is null))
            yield return $"{run.Name} has no config.yaml that can be read; its settings are not shown.";
    }
}
