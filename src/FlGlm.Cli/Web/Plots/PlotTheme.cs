using ScottPlot;

namespace FlGlm.Cli.Web.Plots;

/// <summary>The colours of a plot.</summary>
/// <param name="Ink">Of texts.</param>
/// <param name="Faint">Of grid lines.</param>
/// <param name="Lines">Of lines and bars, in order.</param>
internal sealed record PlotTheme(Color Ink, Color Faint, IReadOnlyList<Color> Lines)
{
    private static readonly string[] OnLight =
        ["#2a63c4", "#c2571a", "#2d8a57", "#8b4fb5", "#b8860b", "#b23b5e", "#2b8a99", "#6b7280", "#6a8f2a", "#9a6b4f", "#4f5fb5", "#c0658f", "#3f7f7f"];

    private static readonly string[] OnDark =
        ["#7aa7ff", "#f0955a", "#6cc794", "#c394e8", "#e3b94a", "#ef7f9f", "#63c3d1", "#9aa3b2", "#a9cf62", "#cfa184", "#98a5f2", "#eea0c4", "#84c2c2"];

    public static PlotTheme Light { get; } = Of("#4b5563", "#e5e7eb", OnLight);

    public static PlotTheme Dark { get; } = Of("#a9b1bf", "#2c323c", OnDark);

    public Color Line(int index) => Lines[index % Lines.Count];

    private static PlotTheme Of(string ink, string faint, string[] lines) => new(Color.FromHex(ink), Color.FromHex(faint), [.. lines.Select(Color.FromHex)]);
}
