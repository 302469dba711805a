using System.Globalization;
using FlGlm.Cli.Reports;
using ScottPlot;

namespace FlGlm.Cli.Simulation;

/// <summary>The results of a simulation as plots: lines over the numbers of the axis that has most of them, and bars over words.</summary>
internal static class SimulatePlots
{
    private const double GroupWidth = 0.8;

    /// <summary>Writes an SVG and a PNG of each plot.</summary>
    /// <returns>the names of the files</returns>
    public static IReadOnlyList<string> Write(SimulateResults results, string folder)
    {
        var axes = results.Axes.Where(axis => axis != SimulateAxis.Seed).ToList();
        var numbers = axes.Where(axis => axis.Number is not null).MaxBy(axis => results.Cells.Select(cell => axis.Value(cell.Cell)).Distinct().Count());
        List<SimulateAxis> words = [.. axes.Where(axis => axis == SimulateAxis.Partition || axis == SimulateAxis.Task)];
        if (numbers is null && words.Count == 0)
            words = [axes.FirstOrDefault() ?? SimulateAxis.Strategy];
        var written = new List<string>();
        foreach (var measure in results.Measures.Append(SimulateMeasure.Score).Where(measure => measure.IsPlotted && SimulateResults.StatisticOf(measure, results.Cells.Select(cell => cell.Result)) is not null))
        {
            if (numbers is not null)
                written.AddRange(Save(Lines(results, measure, numbers, Others(axes, numbers)), folder, $"{measure.Key}-by-{numbers.Key}"));
            foreach (var axis in words)
                written.AddRange(Save(Bars(results, measure, axis, Others(axes, axis)), folder, $"{measure.Key}-by-{axis.Key}"));
        }

        return written;
    }

    private static IReadOnlyList<SimulateAxis> Others(IEnumerable<SimulateAxis> axes, SimulateAxis axis) => [.. axes.Where(other => other != axis)];

    /// <summary>The points of each line or colour: a place on an axis, and the mean over the seeds.</summary>
    private static IEnumerable<(string Name, List<(SimulateCell Cell, Statistic Value)> Points)> Series(
        SimulateResults results, SimulateMeasure measure, SimulateAxis axis, IReadOnlyList<SimulateAxis> others)
    {
        foreach (var series in results.Cells.GroupBy(cell => string.Join(", ", others.Select(other => other.Prefix + other.Value(cell.Cell)))))
        {
            var points = series.GroupBy(cell => axis.Value(cell.Cell))
                .Select(place => (place.First().Cell, Value: SimulateResults.StatisticOf(measure, place.Select(cell => cell.Result))))
                .Where(point => point.Value is not null).Select(point => (point.Cell, point.Value!)).ToList();
            if (points.Count > 0)
                yield return (series.Key, points);
        }
    }

    private static Plot Lines(SimulateResults results, SimulateMeasure measure, SimulateAxis axis, IReadOnlyList<SimulateAxis> others)
    {
        var plot = Titled(measure, axis);
        foreach (var (name, points) in Series(results, measure, axis, others))
        {
            var ordered = points.OrderBy(point => axis.Number!(point.Cell)).ToList();
            double[] xs = [.. ordered.Select(point => axis.Number!(point.Cell))];
            double[] ys = [.. ordered.Select(point => point.Value.Mean)];
            var line = plot.Add.Scatter(xs, ys);
            line.LegendText = name;
            if (ordered.Exists(point => point.Value.Deviation is not null))
                plot.Add.ErrorBar(xs, ys, [.. ordered.Select(point => point.Value.Deviation ?? 0)]).Color = line.Color;
        }

        double[] places = [.. results.Cells.Select(cell => axis.Number!(cell.Cell)).Distinct().Order()];
        plot.Axes.Bottom.SetTicks(places, [.. places.Select(place => place.ToString(CultureInfo.InvariantCulture))]);
        return plot;
    }

    private static Plot Bars(SimulateResults results, SimulateMeasure measure, SimulateAxis axis, IReadOnlyList<SimulateAxis> others)
    {
        var plot = Titled(measure, axis);
        List<string> groups = [.. results.Cells.Select(cell => axis.Value(cell.Cell)).Distinct()];
        var series = Series(results, measure, axis, others).ToList();
        var width = GroupWidth / Math.Max(1, series.Count);
        foreach (var (number, (name, points)) in series.Index())
        {
            var bars = plot.Add.Bars(points.ConvertAll(point => new Bar
            {
                Position = groups.IndexOf(axis.Value(point.Cell)) + ((number - ((series.Count - 1) / 2.0)) * width),
                Value = point.Value.Mean,
                Error = point.Value.Deviation ?? 0,
                Size = width,
            }));
            bars.Color = plot.Add.Palette.GetColor(number);
            bars.LegendText = name;
        }

        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, groups.Count).Select(group => (double)group)], [.. groups]);
        plot.Axes.Margins(bottom: 0);
        return plot;
    }

    private static Plot Titled(SimulateMeasure measure, SimulateAxis axis) => Figures.Create($"{measure.Title}, by {axis.Title}", axis.Title, measure.Title);

    private static string[] Save(Plot plot, string folder, string name)
    {
        using (plot)
        {
            Figures.ShowLegend(plot);
            plot.SaveSvg(Path.Combine(folder, $"{name}.svg"), Figures.Width, Figures.Height);
            plot.SavePng(Path.Combine(folder, $"{name}.png"), Figures.Width, Figures.Height);
        }

        return [$"{name}.svg", $"{name}.png"];
    }
}
