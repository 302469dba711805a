namespace FlGlm.Cli.Web.Plots;

/// <summary>A line of a plot, or one colour of its bars.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Colour">Its number.</param>
internal sealed record PlotSeries(string Name, int Colour, IReadOnlyList<(double X, double Y)> Points);
