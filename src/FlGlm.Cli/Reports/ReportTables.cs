using System.Globalization;

namespace FlGlm.Cli.Reports;

/// <summary>The tables of a report.</summary>
internal static class ReportTables
{
    public static IEnumerable<ReportTable> Of(IReadOnlyList<ReportRun> runs)
    {
        yield return Results(runs);
        if (ReportComparison.Of(runs) is { Count: > 0 } comparisons)
        {
            yield return new ReportTable(
                "Split against centralised",
                ["run", "the same in one process", "steps", "largest difference of the loss", "at step"],
                [.. comparisons.Select(each => (string[])[each.Split.Name, each.Centralised.Name, Text(each.Steps), Text(each.Largest), Text(each.AtStep)])]);
        }

        if (Settings(runs) is { Rows.Count: > 0 } settings)
            yield return settings;
    }

    private static ReportTable Results(IReadOnlyList<ReportRun> runs)
    {
        List<string> metrics = [.. runs.SelectMany(run => run.Metrics).Distinct()];
        return new ReportTable(
            "Results",
            [
                "run", "strategy", "method", "clients", "steps", "last loss", "best validation loss (step)", .. metrics.Select(metric => $"best {metric} in percent (step)"),
                "seconds per step", "tokens per second", "bytes per step", "seconds of all steps",
            ],
            [.. runs.Select(run => (string[])
            [
                run.Name,
                run.IsCentralised ? "one process" : run.Settings.GetValueOrDefault("training.strategy", ""),
                run.Settings.GetValueOrDefault("peft.method", ""),
                run.IsCentralised ? "" : run.Settings.GetValueOrDefault("clients.expected", ""),
                Text(run.Steps.Count),
                Text(run.Steps[^1].Loss),
                run.Best is { } best ? $"{Text(best.Loss)} ({Text(best.Step)})" : "",
                .. metrics.Select(metric => BestOf(run, metric)),
                Text(run.Seconds / run.Steps.Count),
                run.TokensPerSecond.ToString("F0", CultureInfo.InvariantCulture),
                run.Steps.Average(step => step.BytesUp + step.BytesDown).ToString("F0", CultureInfo.InvariantCulture),
                Text(run.Seconds),
            ])]);
    }

    /// <summary>Of several runs those that differ.</summary>
    private static ReportTable Settings(IReadOnlyList<ReportRun> runs)
    {
        var keys = runs.SelectMany(run => run.Settings.Keys).Distinct().Where(key => runs.Count == 1 || runs.Select(run => run.Settings.GetValueOrDefault(key, "")).Distinct().Count() > 1);
        return new ReportTable(
            runs.Count == 1 ? "Settings" : "Settings that differ",
            ["key", .. runs.Select(run => run.Name)],
            [.. keys.Select(key => (string[])[key, .. runs.Select(run => run.Settings.GetValueOrDefault(key, ""))])]);
    }

    private static string BestOf(ReportRun run, string metric)
    {
        var measured = run.Validations.Where(validation => validation.Metrics?.ContainsKey(metric) == true).ToList();
        return measured.Count == 0 ? "" : measured.MaxBy(validation => validation.Metrics![metric]) is { } best
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * best.Metrics![metric]:F2} ({best.Step})")
            : "";
    }

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
