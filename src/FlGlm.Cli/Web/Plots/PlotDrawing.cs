using ScottPlot;

namespace FlGlm.Cli.Web.Plots;

/// <summary>Draws plots of the page as SVG.</summary>
internal static class PlotDrawing
{
    private const int Height = 260;

    /// <summary>The font whose widths this machine has, and those like it that browsers of other systems have.</summary>
    private const string Font = "DejaVu Sans";
    private const string FontsOfBrowser = "DejaVu Sans, Verdana, sans-serif";

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
        plot.HideLegend(); // the page has its own
        return plot.GetSvgXml(width, Height).Replace($"font-family=\"{Font}\"", $"font-family=\"{FontsOfBrowser}\"", StringComparison.Ordinal);
    }

    private static void Dress(Plot plot, PlotData data, PlotTheme theme)
    {
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(theme.Ink);
        plot.Axes.Right.FrameLineStyle.Width = plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = theme.Faint;
        plot.Font.Set(Font);
        plot.XLabel(data.XLabel, 12);
        plot.YLabel(data.YLabel, 12);
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
    }

    private static void AddLines(Plot plot, PlotData data, PlotTheme theme)
    {
        foreach (var series in data.Series)
        {
            var line = plot.Add.Scatter(series.Points.Select(point => point.X).ToArray(), series.Points.Select(point => point.Y).ToArray(), theme.Line(series.Colour));
            line.LineWidth = 1.5f;
            line.MarkerSize = series.Points.Count <= 30 ? 5 : 0;
        }
    }

    /// <summary>Each colour stands on those before it.</summary>
    private static void AddBars(Plot plot, PlotData data, PlotTheme theme)
    {
        var below = new double[data.Series[0].Points.Count];
        var width = below.Length > 1 ? 0.85 * (data.Series[0].Points[1].X - data.Series[0].Points[0].X) : 0.85;
        foreach (var series in data.Series)
        {
            var bars = new List<Bar>();
            foreach (var (place, (x, y)) in series.Points.Index())
            {
                bars.Add(new Bar { Position = x, ValueBase = below[place], Value = below[place] + y, Size = width, LineWidth = 0 });
                below[place] += y;
            }

            plot.Add.Bars(bars).Color = theme.Line(series.Colour);
        }

        plot.Axes.Margins(bottom: 0);
    }
}
