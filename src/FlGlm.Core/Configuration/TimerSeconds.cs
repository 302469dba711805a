namespace FlGlm.Core.Configuration;

/// <summary>The one rule for settings that a timer waits for: a timer counts milliseconds, and ends after seven weeks.</summary>
public static class TimerSeconds
{
    private const double Shortest = 0.01;
    private const double Longest = 1_000_000;

    /// <summary>What is wrong with a number of seconds; nothing where it is right.</summary>
    public static IEnumerable<Problem> Check(string key, double value)
    {
        if (!(value is >= Shortest and <= Longest))
            yield return new Problem(key, $"{value} is out of range; {Shortest} to {Longest} seconds.");
    }
}
