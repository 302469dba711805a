using FlGlm.Core.Splitting;

namespace FlGlm.Server.Recovery;

/// <summary>A client in a server's checkpoint.</summary>
/// <param name="Identity">the fingerprint of its identity key; under <c>--insecure</c> its name</param>
/// <param name="Samples">n_i</param>
internal sealed record SeatState(int Seat, string Identity, string Name, long Samples)
{
    /// <summary>Its turn of this round is over.</summary>
    public bool IsEnded { get; init; }

    /// <summary>It has joined after the start and had no turn yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>The turn after which it takes no part any more, since it has trained enough; it may have its results still to fetch. Null = it takes part.</summary>
    public int? LeftAfter { get; init; }

    /// <summary>Its judged positions since the last average.</summary>
    public long Targets { get; init; }

    /// <summary>What the head and tail count for that it has sent for the next average; null = it has sent none.</summary>
    public double? Weight { get; init; }

    /// <summary>The counts of its replica's optimizer, where it has one.</summary>
    public OptimizerSteps Replica { get; init; }
}
