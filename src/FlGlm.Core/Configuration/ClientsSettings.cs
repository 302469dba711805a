namespace FlGlm.Core.Configuration;

/// <summary>The clients of a run.</summary>
public sealed record ClientsSettings : IValidated
{
    /// <summary>
    /// M, the number of clients that the run waits for; with the rounds and steps it determines the length of the schedules. With 1, a client
    /// never sends its head and tail, and refuses a plan with more clients.
    /// </summary>
    public int Expected { get; init; } = 1;

    /// <summary>The names of the clients on the list of known peers, in the order of their seats; empty = any that the list has.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public IEnumerable<Problem> Validate()
    {
        if (Names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            yield return new Problem("names", $"'{twice}' stands twice; name every client once.");
        if (Names.Count > 0 && Names.Count != Expected)
            yield return new Problem("names", $"{Names.Count} names for {Expected} clients (clients.expected); as many, or none.");
        if (Expected < 1)
            yield return new Problem("expected", $"{Expected} clients train nothing; 1 or more.");
    }
}
