using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>Who takes part.</summary>
public sealed record ClientsSettings : IValidated
{
    /// <summary>
    /// Clients M the run waits for; with the rounds and steps it tells every side the length of its schedule. A client that expects no
    /// others hands its head and tail to nobody: a plan of more is refused.
    /// </summary>
    public int Expected { get; init; } = 1;

    public IEnumerable<Problem> Validate()
    {
        if (Expected < 1)
            yield return new Problem("expected", $"{Expected} clients train nothing; 1 or more.");
    }
}
