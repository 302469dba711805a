using System.Globalization;
using System.Text.RegularExpressions;

namespace FlGlm.Cli.Forecasts;

/// <summary>The way between client and server.</summary>
/// <param name="BitsPerSecond">in each direction</param>
/// <param name="Delay">one way: a round trip takes twice as long</param>
internal sealed partial record NetworkLink(double BitsPerSecond, TimeSpan Delay)
{
    /// <summary>Both sides on one machine.</summary>
    public static NetworkLink None { get; } = new(double.PositiveInfinity, TimeSpan.Zero);

    public bool IsNone => double.IsInfinity(BitsPerSecond);

    /// <summary>Reads <c>100Mbit,50ms</c>, <c>1Gbit</c>, <c>1.5Gbit,0.2ms</c>; null where it is none.</summary>
    public static NetworkLink? TryParse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
            return null;
        var rate = double.Parse(match.Groups["rate"].Value, CultureInfo.InvariantCulture) * (match.Groups["unit"].Value.ToUpperInvariant() switch { "K" => 1e3, "M" => 1e6, _ => 1e9 });
        var delay = match.Groups["delay"] is { Success: true, Value: var milliseconds } ? double.Parse(milliseconds, CultureInfo.InvariantCulture) : 0;
        return rate > 0 ? new NetworkLink(rate, TimeSpan.FromMilliseconds(delay)) : null;
    }

    /// <summary>Seconds of a step: two frames each way, one after the other, and their bytes.</summary>
    public double StepSeconds(double bytesUp, double bytesDown) => (8 * (bytesUp + bytesDown) / BitsPerSecond) + (4 * Delay.TotalSeconds);

    public override string ToString() =>
        IsNone ? "no network between them" : string.Create(CultureInfo.InvariantCulture, $"{BitsPerSecond / 1e6:0.###} Mbit/s and {Delay.TotalMilliseconds:0.###} ms each way");

    [GeneratedRegex(@"^(?<rate>\d+(\.\d+)?)(?<unit>[kMG])bit(,(?<delay>\d+(\.\d+)?)ms)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
