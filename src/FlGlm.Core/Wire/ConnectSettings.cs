namespace FlGlm.Core.Wire;

/// <summary>How a client retries while the server cannot be reached yet.</summary>
public sealed record ConnectSettings
{
    /// <summary>The wait after the first failed attempt, in seconds; it doubles after every further one.</summary>
    public double FirstDelaySeconds { get; init; } = 0.25;

    /// <summary>The longest wait between two attempts, in seconds.</summary>
    public double LongestDelaySeconds { get; init; } = 10;

    /// <summary>No new attempt is made after this many seconds, counted from the first attempt.</summary>
    public double GiveUpSeconds { get; init; } = 300;
}
