using FlGlm.Server.Sessions;

namespace FlGlm.Server.Participants;

/// <summary>A client of the run: an identity with its seat. It outlives its connections.</summary>
/// <param name="identity">the fingerprint of its identity key; under --insecure its name</param>
/// <param name="name">its name</param>
/// <param name="samples">n_i, its weight in an average</param>
public sealed class Participant(string identity, string name, long samples)
{
    /// <summary>The fingerprint of its identity key; under <c>--insecure</c> its name.</summary>
    public string Identity => identity;

    /// <summary>The name it joined with.</summary>
    public string Name => name;

    /// <summary>n_i, the rows that it trains on: its weight in an average.</summary>
    public long Samples => samples;

    /// <summary>Counted from 1; 0 before the start. The order in which the strategies take clients, and add up what they send.</summary>
    public int Seat { get; internal set; }

    /// <summary>What the server waits for from this client; null while it does not.</summary>
    internal AwaitedFrame? Awaited { get; set; }
}
