using ScottPlot;

namespace FlGlm.Cli.Reports;

/// <summary>What all plots have in common.</summary>
internal static class Figures
{
    public const int Width = 800;
    public const int Height = 500;

    // In the middle between black and white, so that it can be read on both.
    private static readonly Color Neutral = Color.FromHex("#808890");

    /// <summary>A plot without data.</summary>
    public static Plot Create(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title);
        plot.XLabel(x);
        plot.YLabel(y);
        return plot;
    }

    /// <summary>A legend beside the plot, where its data have names.</summary>
    public static void ShowLegend(Plot plot)
    {
        if (plot.GetPlottables().Any(each => each.LegendItems.Any(item => !string.IsNullOrEmpty(item.LabelText))))
            plot.ShowLegend(Edge.Right);
    }

    /// <summary>The drawing as SVG, on a transparent ground and in colours for light and dark pages.</summary>
    public static string Svg(Plot plot)
    {
        ShowLegend(plot);
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(Neutral);
        plot.Grid.MajorLineColor = Neutral.WithOpacity(0.25);
        plot.Legend.BackgroundColor = Colors.Transparent;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.FontColor = Neutral;
        return plot.GetSvgXml(Width, Height);
    }
}
