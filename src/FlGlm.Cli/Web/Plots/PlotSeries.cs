namespace FlGlm.Cli.Web.Plots;

/// <summary>A line of a plot, or one colour of its bars.</summary>
/// <param name="Name">In the legend.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
