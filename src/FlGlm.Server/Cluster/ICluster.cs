namespace FlGlm.Server.Cluster;

/// <summary>
/// The servers of one run, numbered from 0 (ranks), as they reach one another. Messages of one sender with one tag come in their order; those
/// of different tags do not wait for one another.
/// </summary>
internal interface ICluster : IAsyncDisposable
{
    /// <summary>The number of this server.</summary>
    int Rank { get; }

    /// <summary>The number of servers.</summary>
    int Size { get; }

    /// <summary>The name of this server's machine.</summary>
    string Host { get; }

    /// <summary>Sends a message; nobody may change it any more. A receiver that does not wait for it delays the end of the task.</summary>
    Task SendAsync(int rank, ClusterTag tag, byte[] message, CancellationToken ct);

    /// <summary>The next message of a server with a tag; one at a time.</summary>
    Task<byte[]> ReceiveAsync(int rank, ClusterTag tag, CancellationToken ct);

    /// <summary>Called by all servers, when none sends anything any more. Who is disposed of without it has failed.</summary>
    Task EndAsync();
}
