namespace FlGlm.Core.Configuration;

/// <summary>How a client retries while the server cannot be reached yet.</summary>
public sealed record ConnectSettings
{
    /// <summary>The wait after the first failed attempt, in seconds; it doubles after every further one.</summary>
    public double FirstDelaySeconds { get; init; } = 0.25;

    /// <summary>The longest wait between two attempts, in seconds; in the first half minute it is 1.</summary>
    public double LongestDelaySeconds { get; init; } = 10;

    /// <summary>The time for all attempts, in seconds: one that is still waiting for an answer then is ended.</summary>
    public double GiveUpSeconds { get; init; } = 300;

    /// <summary>The time that the first attempt has even where <see cref="GiveUpSeconds"/> is less, in seconds.</summary>
    public double FirstAttemptSeconds { get; init; } = 5;
}
