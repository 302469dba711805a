namespace FlGlm.Core.Wire;

/// <summary>Times that both sides of a session keep.</summary>
internal static class SessionTimes
{
    /// <summary>A wait is reported after this long, and again each time.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(10);

    /// <summary>After a stop is requested, how long a step that has begun may take.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
}
