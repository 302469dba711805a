using ScottPlot;
using ScottPlot.Plottables;

namespace FlGlm.Cli.Web.Plots;

/// <summary>Draws plots of the page as SVG.</summary>
internal static class PlotDrawing
{
    private const int Height = 260;

    /// <summary>A plot as SVG, on a transparent ground.</summary>
    /// <param name="width">In pixels.</param>
    public static string Svg(PlotData data, PlotTheme theme, int width)
    {
        using var plot = new Plot();
        Dress(plot, data, theme);
        if (data.IsStacked)
            AddBars(plot, data, theme);
        else
            AddLines(plot, data, theme);
        if (data.Series.Count > 1)
            plot.ShowLegend(Edge.Bottom).Alignment = Alignment.LowerLeft;
        return plot.GetSvgXml(width, Height + (data.Series.Count > 1 ? 20 * ((data.Series.Count + 3) / 4) : 0));
    }

    private static void Dress(Plot plot, PlotData data, PlotTheme theme)
    {
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(theme.Ink);
        plot.Axes.Right.FrameLineStyle.Width = plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = theme.Faint;
        plot.Legend.BackgroundColor = Colors.Transparent;
        plot.Legend.FontColor = theme.Ink;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.XLabel(data.XLabel, 12);
        plot.YLabel(data.YLabel, 12);
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
    }

    private static void AddLines(Plot plot, PlotData data, PlotTheme theme)
    {
        foreach (var (index, series) in data.Series.Index())
        {
            var line = plot.Add.Scatter(series.Points.Select(point => point.X).ToArray(), series.Points.Select(point => point.Y).ToArray(), theme.Line(index));
            line.LineWidth = 1.5f;
            line.MarkerSize = series.Points.Count <= 30 ? 5 : 0;
            line.LegendText = series.Name;
        }
    }

    /// <summary>Each colour stands on those before it.</summary>
    private static void AddBars(Plot plot, PlotData data, PlotTheme theme)
    {
        var below = new double[data.Series[0].Points.Count];
        var width = below.Length > 1 ? 0.85 * (data.Series[0].Points[1].X - data.Series[0].Points[0].X) : 0.85;
        foreach (var (index, series) in data.Series.Index())
        {
            var bars = new List<Bar>();
            foreach (var (place, (x, y)) in series.Points.Index())
            {
                bars.Add(new Bar { Position = x, ValueBase = below[place], Value = below[place] + y, Size = width, FillColor = theme.Line(index), LineWidth = 0 });
                below[place] += y;
            }

            BarPlot shown = plot.Add.Bars(bars);
            shown.LegendText = series.Name;
            shown.Color = theme.Line(index);
        }

        plot.Axes.Margins(bottom: 0);
    }
}
