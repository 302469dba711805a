using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>How a client waits for a server that is not there yet.</summary>
public sealed record ConnectSettings : IValidated
{
    /// <summary>The wait after the first refusal, in seconds; it doubles from refusal to refusal.</summary>
    public double FirstDelaySeconds { get; init; } = 0.25;

    /// <summary>The longest wait between two attempts, in seconds.</summary>
    public double LongestDelaySeconds { get; init; } = 10;

    /// <summary>When to give up, in seconds from the first attempt.</summary>
    public double GiveUpSeconds { get; init; } = 300;

    public IEnumerable<Problem> Validate()
    {
        if (FirstDelaySeconds is not (> 0 and <= 3600))
            yield return new Problem("first_delay_seconds", $"{FirstDelaySeconds} is out of range; above 0, at most 3600.");
        if (!(LongestDelaySeconds >= FirstDelaySeconds) || LongestDelaySeconds > 3600)
            yield return new Problem("longest_delay_seconds", $"{LongestDelaySeconds} is out of range; first_delay_seconds to 3600.");
        if (GiveUpSeconds is not (>= 0 and <= 86400))
            yield return new Problem("give_up_seconds", $"{GiveUpSeconds} is out of range; 0 (one attempt) to 86400.");
    }
}
