using System.Diagnostics;
using System.Text.Json;

namespace FlGlm.Core.Splitting;

/// <summary>
/// The seconds of each leg of a step, of all its passes together. The client's cover the whole step; the server's have the middle's legs, and its
/// total, from the first frame to the last, includes the client's own work between them. Where passes overlap, the way of one (<see cref="StepLeg.Up"/>,
/// <see cref="StepLeg.Down"/>) and its wait include the time in which a side computes another, so that the legs are more than the total.
/// </summary>
public sealed class StepTimings
{
    private static readonly string[] Names = [.. Enum.GetNames<StepLeg>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
    private readonly double[] _seconds = new double[Names.Length];
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Seconds from the beginning to the last lap.</summary>
    public double Total { get; set; }

    /// <summary>When each leg was; null where no trace is made.</summary>
    internal List<StepLap>? Laps { get; init; }

    /// <summary>Every leg with its name, in order; 0 where a run does not have it.</summary>
    public IEnumerable<(string Name, double Seconds)> Legs => Names.Zip(_seconds);

    /// <summary>The seconds of a leg; 0 where it was not measured.</summary>
    public double this[StepLeg leg]
    {
        get => _seconds[(int)leg];
        set => _seconds[(int)leg] = value;
    }

    /// <summary>Ends a leg: the time since the last lap is added to it.</summary>
    /// <returns>its seconds</returns>
    public double Lap(StepLeg leg)
    {
        var begin = _last;
        this[leg] += Lap();
        Laps?.Add(new StepLap(NameOf(leg), begin, _last));
        return this[leg];
    }

    /// <summary>Begins the next leg now.</summary>
    /// <returns>the seconds since the last lap</returns>
    public double Lap()
    {
        var now = Stopwatch.GetTimestamp();
        var seconds = Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        Total = Stopwatch.GetElapsedTime(_start, now).TotalSeconds;
        return seconds;
    }

    /// <summary>Adds the legs of a pass that the middle has measured: those of the two round trips.</summary>
    public void AddMiddle(StepTimings pass)
    {
        for (var leg = StepLeg.Up; leg <= StepLeg.Down; leg++)
            this[leg] += pass[leg];
        for (var leg = StepLeg.UpGradient; leg <= StepLeg.DownGradient; leg++)
            this[leg] += pass[leg];
        Laps?.AddRange(pass.Laps ?? []);
    }

    /// <summary>A leg's name: snake case.</summary>
    public static string NameOf(StepLeg leg) => Names[(int)leg];
}
