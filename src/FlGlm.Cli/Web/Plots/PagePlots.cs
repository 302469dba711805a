using System.Text;
using FlGlm.Cli.Web.State;

namespace FlGlm.Cli.Web.Plots;

/// <summary>
/// The plots of the page: one at a time is drawn, when somebody looks, not more than once a second, and so seldom that drawing takes a third of a percent of the
/// time: the run has the processor.
/// </summary>
internal sealed class PagePlots(PageState page) : IDisposable
{
    /// <summary>Widths are multiples of it, so that few plots serve all windows.</summary>
    private const int WidthStep = 80;
    private const int MaxKept = 64;
    private const int ShareOfTime = 300;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>A plot that nobody has asked for in that time takes no time any more.</summary>
    private static readonly TimeSpan Looking = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _drawing = new(1);
    private readonly Dictionary<(string Side, string Name, bool IsDark, int Width), (byte[] Svg, long Version, long Drawn, TimeSpan Cost)> _kept = [];

    /// <summary>A plot as SVG; null where there is none.</summary>
    /// <param name="side">The tab's name; empty = the first.</param>
    /// <param name="width">In pixels, about.</param>
    public async Task<byte[]?> SvgAsync(string side, string name, bool isDark, int width, CancellationToken ct)
    {
        var rounded = Math.Clamp(width / WidthStep * WidthStep, 320, 1280);
        await _drawing.WaitAsync(ct);
        try
        {
            return Draw((side, name, isDark, rounded));
        }
        finally
        {
            _drawing.Release();
        }
    }

    public void Dispose() => _drawing.Dispose();

    private byte[]? Draw((string Side, string Name, bool IsDark, int Width) key)
    {
        var (version, isOver) = (page.Version, page.Ended is not null);
        if (_kept.TryGetValue(key, out var kept) && (kept.Version == version || (!isOver && page.Time.GetElapsedTime(kept.Drawn) < Pause())))
            return kept.Svg;
        var sides = page.Sides;
        var side = key.Side.Length == 0 ? sides.FirstOrDefault() : sides.FirstOrDefault(each => each.Name == key.Side);
        if (side?.Plot(key.Name) is not { } data)
            return null;
        if (_kept.Count == MaxKept)
            _kept.Clear();
        var begun = page.Time.GetTimestamp();
        var svg = Encoding.UTF8.GetBytes(PlotDrawing.Svg(data, key.IsDark ? PlotTheme.Dark : PlotTheme.Light, key.Width));
        var cost = kept.Svg is null ? TimeSpan.Zero : page.Time.GetElapsedTime(begun); // the first time code is compiled
        _kept[key] = (svg, version, page.Time.GetTimestamp(), cost);
        return svg;
    }

    /// <summary>How long a plot is not drawn again.</summary>
    private TimeSpan Pause()
    {
        var all = _kept.Values.Where(kept => page.Time.GetElapsedTime(kept.Drawn) < Looking).Aggregate(TimeSpan.Zero, (sum, kept) => sum + kept.Cost);
        return all * ShareOfTime is var pause && pause > Fresh ? pause : Fresh;
    }
}
