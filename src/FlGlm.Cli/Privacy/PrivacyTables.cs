using System.Globalization;
using FlGlm.Cli.Reports;
using FlGlm.Privacy.Reports;

namespace FlGlm.Cli.Privacy;

/// <summary>The tables of a privacy report.</summary>
/// <param name="channels">All that is measured.</param>
internal sealed class PrivacyTables(IReadOnlyList<MeasuredChannel> channels)
{
    private static readonly string[] CellColumns = ["blocks of the head", "defence", "strength", "attack steps", "attack rows"];

    /// <summary>A row for each run and budget, and one for each of its channels.</summary>
    public IReadOnlyList<ReportTable> All => [Cells(), Channels()];

    /// <summary>A verdict in words.</summary>
    public static string Words(LeakageVerdict verdict) => verdict switch
    {
        LeakageVerdict.MeasuredBelow => "measured below the threshold",
        LeakageVerdict.AboveThreshold => "above the threshold",
        _ => "controls fail",
    };

    private ReportTable Cells()
    {
        List<string> names = [.. channels.Select(each => each.Leakage.Channel).Distinct()];
        List<string> metrics = [.. channels.SelectMany(each => each.Utility.Metrics.Keys).Distinct()];
        return new ReportTable(
            "Leakage and utility",
            [.. CellColumns, .. names.Select(name => $"{name}: top-1 (points above the baseline)"), "channels", "validation loss", .. metrics.Select(metric => $"{metric} in percent"), "lost"],
            [.. channels.GroupBy(each => (each.Cell.Name, each.Steps, each.Rows)).Select(same => (string[])
            [
                .. CellOf(same.First()),
                .. names.Select(name => same.FirstOrDefault(each => each.Leakage.Channel == name) is { } channel ? $"{Percent(channel.Leakage.Best.Scores.Top1)} ({Text(channel.Points)})" : ""),
                Verdicts([.. same]),
                Loss(same.First().Utility.ValidationLoss),
                .. metrics.Select(metric => same.First().Utility.Metrics.TryGetValue(metric, out var value) ? Percent(value) : ""),
                Loss(same.First().Lost),
            ])]);
    }

    private ReportTable Channels() => new(
        "The best attack on each channel",
        [.. CellColumns, "channel", "attack", "top-1", "95 %", "constant baseline", "positive control", "negative control", "points prevented", "lost for each point", "verdict"],
        [.. channels.Select(each => (string[])
        [
            .. CellOf(each), each.Leakage.Channel, each.Leakage.Best.Attack, Percent(each.Leakage.Best.Scores.Top1),
            $"{Percent(each.Leakage.Best.Scores.Interval.Low)} to {Percent(each.Leakage.Best.Scores.Interval.High)}",
            Percent(each.Leakage.Best.Baseline), Control(each.Leakage.Best.Positive.Top1, each.Leakage.Best.PositiveHolds), Control(each.Leakage.Best.Negative.Mean, each.Leakage.Best.NegativeHolds),
            Text(each.Prevented), Loss(each.Price), Words(each.Leakage.Verdict),
        ])]);

    private static string[] CellOf(MeasuredChannel each) => [Text(each.Cell.Head), each.Cell.DefenceTitle, each.Cell.Strength, Text(each.Steps), Text(each.Rows)];

    private static string Verdicts(IReadOnlyList<MeasuredChannel> same) => string.Join("; ", same.GroupBy(each => each.Leakage.Verdict).OrderBy(verdict => verdict.Key)
        .Select(verdict => verdict.Count() == same.Count ? $"all {Words(verdict.Key)}" : $"{string.Join(", ", verdict.Select(each => each.Leakage.Channel))} {Words(verdict.Key)}"));

    private static string Control(double share, bool holds) => $"{Percent(share)}{(holds ? "" : " fails")}";

    private static string Percent(double share) => Text(100 * share);

    private static string Text(double? value) => value?.ToString("F1", CultureInfo.InvariantCulture) ?? "";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Loss(double? value) => value?.ToString("F4", CultureInfo.InvariantCulture) ?? "";
}
