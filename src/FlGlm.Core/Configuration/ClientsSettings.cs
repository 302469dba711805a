namespace FlGlm.Core.Configuration;

/// <summary>The clients of a run.</summary>
public sealed record ClientsSettings : IValidated
{
    /// <summary>
    /// The number of clients that the run waits for, M; with the rounds and steps it determines the length of the schedules. With 1, a client
    /// never sends its head and tail, and refuses a plan with more clients.
    /// </summary>
    public int Expected { get; init; } = 1;

    /// <summary>The names of the clients on the list of known peers, in the order of their seats; empty = any that the list has, seated by ascending fingerprint.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Seconds after the first client has joined from which <see cref="Minimum"/> clients are enough to start.</summary>
    public double JoinTimeoutS { get; init; } = 600;

    /// <summary>The clients that start without the others after <see cref="JoinTimeoutS"/>; 0 = all expected, however long it takes.</summary>
    public int Minimum { get; init; }

    /// <summary>The most rows that a client may say it has: they are its weight in the average.</summary>
    public long MaxSamples { get; init; } = 100_000_000;

    /// <summary>What the run does when a client leaves before the end.</summary>
    public WhenLost WhenLost { get; init; } = WhenLost.Wait;

    /// <summary>Seconds that the run waits for a client that has left, with <see cref="WhenLost.Wait"/>; then it is saved and stops.</summary>
    public double RejoinTimeoutS { get; init; } = 600;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() =>
        [.. OwnProblems(), .. TimerSeconds.Check("join_timeout_s", JoinTimeoutS), .. TimerSeconds.Check("rejoin_timeout_s", RejoinTimeoutS)];

    private IEnumerable<Problem> OwnProblems()
    {
        if (Minimum < 0 || Minimum > Expected)
            yield return new Problem("minimum", $"{Minimum} of {Expected} clients (clients.expected); 1 to clients.expected, or 0 for all.");
        if (MaxSamples < 1)
            yield return new Problem("max_samples", $"{MaxSamples} rows are none; 1 or more.");
        if (Names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            yield return new Problem("names", $"'{twice}' stands twice; name every client once.");
        if (Names.Count > 0 && Names.Count != Expected)
            yield return new Problem("names", $"{Names.Count} names for {Expected} clients (clients.expected); as many, or none.");
        if (Expected < 1)
            yield return new Problem("expected", $"{Expected} clients train nothing; 1 or more.");
    }
}
