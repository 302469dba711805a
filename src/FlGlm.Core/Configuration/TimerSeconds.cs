namespace FlGlm.Core.Configuration;

/// <summary>The valid range of settings that set a timer: .NET timers count milliseconds, up to about seven weeks.</summary>
internal static class TimerSeconds
{
    private const double Shortest = 0.01;
    private const double Longest = 1_000_000;

    /// <summary>The problem of a number of seconds that is out of range; empty for a valid one.</summary>
    public static IEnumerable<Problem> Check(string key, double value)
    {
        if (!(value is >= Shortest and <= Longest))
            yield return new Problem(key, $"{value} is out of range; {Shortest} to {Longest} seconds.");
    }
}
