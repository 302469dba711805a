using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>The clients of a run.</summary>
public sealed record ClientsSettings : IValidated
{
    /// <summary>
    /// M, the number of clients that the run waits for; with the rounds and steps it determines the length of the schedules. With 1, a client
    /// never sends its head and tail, and refuses a plan with more clients.
    /// </summary>
    public int Expected { get; init; } = 1;

    public IEnumerable<Problem> Validate()
    {
        if (Expected < 1)
            yield return new Problem("expected", $"{Expected} clients train nothing; 1 or more.");
    }
}
