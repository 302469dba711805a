using FlGlm.Core.Splitting;
using FlGlm.Server.Sessions;

namespace FlGlm.Server.Participants;

/// <summary>A client of the run: an identity with its seat. It outlives its connections.</summary>
/// <param name="identity">the fingerprint of its identity key; under --insecure its name</param>
/// <param name="name">its name</param>
/// <param name="samples">n_i, its weight in an average</param>
public sealed class Participant(string identity, string name, long samples)
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _back = new();

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

    /// <summary>Its passes, which its next connection goes on with; null before its first.</summary>
    internal ClientPasses? Passes { get; set; }

    /// <summary>A client has had this seat before, in this process or in the one whose checkpoints it resumes.</summary>
    internal bool HasTakenPart { get; set; }

    /// <summary>It has trained enough: it leaves at the next barrier, and the others go on.</summary>
    internal bool Leaves { get; set; }

    /// <summary>How often it has gone back to a checkpoint.</summary>
    internal int Attempt { get; private set; }

    /// <summary>Where it must go back to, which its client has not been told; null = it goes on.</summary>
    internal TurnPlace? Back { get; private set; }

    /// <summary>Cancelled when it must go back.</summary>
    internal CancellationToken GoesBack
    {
        get
        {
            lock (_gate)
                return _back.Token;
        }
    }

    /// <summary>What it has had under way is void (<see cref="ClientPasses.EndAsync"/>); its session tells its client.</summary>
    /// <param name="attempt">the client's own count, where that is known</param>
    internal void GoBack(TurnPlace place, int attempt = 0)
    {
        CancellationTokenSource back;
        lock (_gate)
        {
            (Attempt, Back) = (Math.Max(attempt, Attempt) + 1, place);
            Passes = Passes?.At(place, Attempt);
            back = _back;
        }

        back.Cancel(); // runs what waits for it, which takes the gate
    }

    /// <summary>Its session tells its client now.</summary>
    internal (TurnPlace Place, int Attempt) TakeBack()
    {
        lock (_gate)
        {
            var place = Back!.Value;
            (Back, _back) = (null, new CancellationTokenSource());
            return (place, Attempt);
        }
    }
}
