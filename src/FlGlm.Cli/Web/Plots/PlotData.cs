namespace FlGlm.Cli.Web.Plots;

/// <summary>What one plot shows.</summary>
/// <param name="Name">In its address.</param>
/// <param name="Title">Above it.</param>
/// <param name="YLabel">What is measured.</param>
/// <param name="Series">Lines, or the colours of stacked bars, which then have their points at the same places.</param>
internal sealed record PlotData(string Name, string Title, string YLabel, IReadOnlyList<PlotSeries> Series)
{
    public string XLabel { get; init; } = "step";

    /// <summary>Stacked bars instead of lines.</summary>
    public bool IsStacked { get; init; }

    public bool HasPoints => Series.Any(each => each.Points.Count > 0);
}
