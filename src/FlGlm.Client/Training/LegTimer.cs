using System.Diagnostics;

namespace FlGlm.Client.Training;

/// <summary>Measures the seconds of the consecutive legs of one step.</summary>
internal sealed class LegTimer
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Seconds since the step began.</summary>
    public double Total => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Seconds since the last lap.</summary>
    public double Lap()
    {
        var now = Stopwatch.GetTimestamp();
        var seconds = Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        return seconds;
    }
}
