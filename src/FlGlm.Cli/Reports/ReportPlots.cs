using FlGlm.Cli.LocalRuns;
using ScottPlot;
using ScottPlot.Palettes;

namespace FlGlm.Cli.Reports;

/// <summary>The plots of a report.</summary>
internal static class ReportPlots
{
    /// <summary>Points of a curve; a longer one has means of as many pieces.</summary>
    private const int MostPoints = 1000;
    private const double Kilobyte = 1e3;
    private const double BarSize = 0.7;

    /// <summary>A leg that takes less of every run's steps is not shown.</summary>
    private const double LeastShare = 0.002;

    public static IEnumerable<ReportPlot> Of(IReadOnlyList<ReportRun> runs)
    {
        yield return Curves("loss", "Loss of each step", "loss", runs.Select(run => (run.Name, run.Steps.Select(step => (step.Step, (double)step.Loss)))), marks: false);
        if (runs.Any(run => run.Validations.Count > 0))
            yield return Curves("validation-loss", "Validation loss", "loss", runs.Select(run => (run.Name, run.Validations.Select(each => (each.Step, each.Loss)))), marks: true);
        foreach (var metric in runs.SelectMany(run => run.Metrics).Distinct())
        {
            yield return Curves($"validation-{FileWord(metric)}", $"Validation, {metric} in percent", $"{metric} in percent", runs.Select(run => (run.Name, run.Validations
                .Where(each => each.Metrics?.ContainsKey(metric) == true).Select(each => (each.Step, 100 * each.Metrics![metric])))), marks: true);
        }

        yield return Bars("time", "Time of a step, the mean of each leg", "milliseconds", runs, LegsOf(runs).Select(leg => (leg, (Func<ReportRun, double>)(run => Mean(run, leg)))));
        if (runs.Any(run => !run.IsCentralised))
        {
            yield return Bars("bytes", "Bytes of a step, the mean", "kilobytes", runs,
            [
                ("from the client", run => run.Steps.Average(step => step.BytesUp) / Kilobyte),
                ("to the client", run => run.Steps.Average(step => step.BytesDown) / Kilobyte),
            ]);
        }
    }

    private static ReportPlot Curves(string name, string title, string unit, IEnumerable<(string Name, IEnumerable<(int Step, double Value)> Points)> curves, bool marks)
    {
        using var plot = Figures.Create("", "step", unit);
        foreach (var (label, points) in curves)
        {
            var shown = Shortened([.. points.Where(point => double.IsFinite(point.Value))]);
            if (shown.Count == 0)
                continue;
            var curve = plot.Add.Scatter(shown.Select(point => point.Step).ToArray(), shown.Select(point => point.Value).ToArray());
            curve.LegendText = label;
            curve.LineWidth = 1.5f;
            curve.MarkerSize = marks || shown.Count == 1 ? 6 : 0;
        }

        return new ReportPlot(name, title, Figures.Svg(plot));
    }

    private static IReadOnlyList<(double Step, double Value)> Shortened(IReadOnlyList<(int Step, double Value)> points)
    {
        var size = (points.Count + MostPoints - 1) / MostPoints;
        return [.. points.Chunk(Math.Max(1, size)).Select(piece => (piece.Average(point => point.Step), piece.Average(point => point.Value)))];
    }

    /// <summary>A bar for each run, of pieces that stand on each other.</summary>
    private static ReportPlot Bars(string name, string title, string unit, IReadOnlyList<ReportRun> runs, IEnumerable<(string Name, Func<ReportRun, double> Value)> pieces)
    {
        using var plot = Figures.Create("", "", unit);
        var palette = new Category20();
        var heights = new double[runs.Count];
        foreach (var (number, piece) in pieces.Index())
        {
            var bars = plot.Add.Bars(runs.Select((run, index) => new Bar
            {
                Position = index, ValueBase = heights[index], Value = heights[index] += piece.Value(run), Size = BarSize, LineWidth = 0,
            }).ToList());
            bars.LegendText = piece.Name;
            bars.Color = palette.GetColor(number);
        }

        plot.Axes.Bottom.SetTicks([.. runs.Select((_, index) => (double)index)], [.. runs.Select(run => run.Name)]);
        plot.Axes.Margins(bottom: 0);
        return new ReportPlot(name, title, Figures.Svg(plot));
    }

    private static IEnumerable<string> LegsOf(IReadOnlyList<ReportRun> runs) => runs.SelectMany(run => run.Steps[0].Seconds.Keys).Distinct()
        .Where(leg => leg != RecordedStep.Total && runs.Any(run => Mean(run, leg) > LeastShare * Mean(run, RecordedStep.Total)));

    /// <summary>Milliseconds of a leg.</summary>
    private static double Mean(ReportRun run, string leg) => 1e3 * run.Steps.Average(step => step.Seconds.GetValueOrDefault(leg));

    private static string FileWord(string metric) => string.Concat(metric.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}
