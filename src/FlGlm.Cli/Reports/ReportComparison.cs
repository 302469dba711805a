namespace FlGlm.Cli.Reports;

/// <summary>A split run beside the same run in one process.</summary>
/// <param name="Steps">That both have.</param>
/// <param name="Largest">The largest difference of their losses in one step.</param>
/// <param name="AtStep">The first one that has it.</param>
internal sealed record ReportComparison(ReportRun Split, ReportRun Centralised, int Steps, double Largest, int AtStep)
{
    /// <summary>A run belongs to the one in one process whose folder has the same name, as the demo's have; of two runs alone each belongs to the other.</summary>
    public static IReadOnlyList<ReportComparison> Of(IReadOnlyList<ReportRun> runs)
    {
        var (centralised, split) = (runs.Where(run => run.IsCentralised).ToList(), runs.Where(run => !run.IsCentralised).ToList());
        if (split is [var one] && centralised is [var other])
            return Compare(one, other) is { } only ? [only] : [];
        return [.. split.Select(run => Partner(run, centralised) is { } partner ? Compare(run, partner) : null).OfType<ReportComparison>()];
    }

    /// <summary>Of several with the same name the one in the same demo.</summary>
    private static ReportRun? Partner(ReportRun run, IReadOnlyList<ReportRun> centralised)
    {
        var same = centralised.Where(candidate => candidate.Side == run.Side).ToList();
        return same.Find(candidate => Parent(Parent(candidate.Folder)) == Parent(run.Folder)) ?? (same.Count == 1 ? same[0] : null);
    }

    private static string? Parent(string? folder) => folder is null ? null : Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static ReportComparison? Compare(ReportRun split, ReportRun centralised)
    {
        var losses = centralised.Steps.GroupBy(step => step.Step).ToDictionary(same => same.Key, same => same.Last().Loss);
        var differences = split.Steps.Where(step => losses.ContainsKey(step.Step)).Select(step => (step.Step, Difference: Math.Abs((double)step.Loss - losses[step.Step]))).ToList();
        if (differences.Count == 0)
            return null;
        var worst = differences.MaxBy(each => each.Difference);
        return new ReportComparison(split, centralised, differences.Count, worst.Difference, worst.Step);
    }
}
