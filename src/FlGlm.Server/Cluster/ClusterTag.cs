namespace FlGlm.Server.Cluster;

/// <summary>What a message between servers is about.</summary>
internal enum ClusterTag
{
    /// <summary>The sender ends the run before its end; the text says why.</summary>
    Failure = 1,

    /// <summary>Plan, weights and checkpoints of a server.</summary>
    Member,

    /// <summary>Where a server's clients find it.</summary>
    Address,

    /// <summary>The clients that have joined a server.</summary>
    Clients,

    /// <summary>A server's clients have ended a period.</summary>
    Period,

    /// <summary>Values for an average, and the average.</summary>
    Values,

    /// <summary>A server has written the beginning of a period.</summary>
    Kept,

    /// <summary>A server has nothing left to do.</summary>
    End,
}
