using System.Globalization;
using FlGlm.Cli.Reports;
using ScottPlot;

namespace FlGlm.Cli.Privacy;

/// <summary>Utility against leakage: a plot for each channel, with one curve for each defence that begins at the run without one.</summary>
internal static class PrivacyPlots
{
    public static IEnumerable<ReportPlot> Of(IReadOnlyList<MeasuredChannel> channels, double threshold) =>
        from channel in channels.GroupBy(each => each.Leakage.Channel)
        where channel.Any(each => UtilityOf(each) is not null)
        select Plot([.. channel.Where(each => UtilityOf(each) is not null)], channel.Key, threshold);

    private static ReportPlot Plot(IReadOnlyList<MeasuredChannel> points, string channel, double threshold)
    {
        var metric = points[0].Utility.Metrics.Keys.FirstOrDefault();
        using var plot = Figures.Create("", "points above the constant baseline that the best attack finds", metric is null ? "validation loss" : $"{metric} in percent");
        foreach (var curve in points.GroupBy(each => NameOf(each, points)))
        {
            var reference = curve.First().Reference;
            List<MeasuredChannel> shown = [.. reference is null ? [] : new[] { reference }, .. curve];
            var line = plot.Add.Scatter(shown.Select(each => each.Points).ToArray(), shown.Select(each => UtilityOf(each)!.Value).ToArray());
            line.LegendText = curve.Key;
            line.LineWidth = 1.5f;
            line.MarkerSize = 6;
        }

        var limit = plot.Add.VerticalLine(100 * threshold);
        limit.LinePattern = LinePattern.Dashed;
        limit.LegendText = "threshold";
        limit.Color = Colors.Gray;
        return new ReportPlot($"utility-{channel}", $"Utility against leakage, {channel}", Figures.Svg(plot));
    }

    private static double? UtilityOf(MeasuredChannel each) => each.Utility.Metrics.Count > 0 ? 100 * each.Utility.Metrics.First().Value : each.Utility.ValidationLoss;

    /// <summary>The defence, and of depth and budget what varies. Runs without a defence at several depths are one curve.</summary>
    private static string NameOf(MeasuredChannel each, IReadOnlyList<MeasuredChannel> all)
    {
        var depth = !each.Cell.IsUndefended && Varies(other => other.Cell.Reference) ? $", {each.Cell.Reference}" : "";
        var budget = Varies(other => (other.Steps, other.Rows)) ? string.Create(CultureInfo.InvariantCulture, $", {each.Steps} steps, {each.Rows} rows") : "";
        return each.Cell.DefenceTitle + depth + budget;

        bool Varies<T>(Func<MeasuredChannel, T> of) => all.Select(of).Distinct().Skip(1).Any();
    }
}
