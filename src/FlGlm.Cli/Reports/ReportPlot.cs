namespace FlGlm.Cli.Reports;

/// <summary>A plot of a report.</summary>
/// <param name="Name">Of its file, without the extension.</param>
/// <param name="Title">What it shows; it stands above the drawing.</param>
/// <param name="Svg">The drawing, on a transparent ground.</param>
internal sealed record ReportPlot(string Name, string Title, string Svg);
