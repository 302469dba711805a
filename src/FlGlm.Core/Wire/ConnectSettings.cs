namespace FlGlm.Core.Wire;

/// <summary>How a client waits for a server that is not there yet.</summary>
public sealed record ConnectSettings
{
    /// <summary>The wait after the first refusal, in seconds; it doubles from refusal to refusal.</summary>
    public double FirstDelaySeconds { get; init; } = 0.25;

    /// <summary>The longest wait between two attempts, in seconds.</summary>
    public double LongestDelaySeconds { get; init; } = 10;

    /// <summary>When to give up, in seconds from the first attempt.</summary>
    public double GiveUpSeconds { get; init; } = 300;
}
