using System.Collections.Concurrent;
using System.Threading.Channels;
using FlGlm.Server.Cluster;

namespace FlGlm.Client.Tests.Cluster;

/// <summary>Servers in one process that reach one another through memory.</summary>
internal sealed class MemoryCluster : ICluster
{
    private readonly ConcurrentDictionary<(int From, int To, ClusterTag Tag), Channel<byte[]>> _all;

    private MemoryCluster(int rank, int size, ConcurrentDictionary<(int From, int To, ClusterTag Tag), Channel<byte[]>> all) => (Rank, Size, _all) = (rank, size, all);

    public int Rank { get; }

    public int Size { get; }

    public string Host => "memory";

    /// <summary>Whether all have ended well.</summary>
    public bool HasEnded { get; private set; }

    /// <returns>by rank</returns>
    public static IReadOnlyList<MemoryCluster> Create(int size)
    {
        var all = new ConcurrentDictionary<(int From, int To, ClusterTag Tag), Channel<byte[]>>();
        return [.. Enumerable.Range(0, size).Select(rank => new MemoryCluster(rank, size, all))];
    }

    public Task SendAsync(int rank, ClusterTag tag, byte[] message, CancellationToken ct) => Between(Rank, rank, tag).Writer.WriteAsync(message, ct).AsTask();

    public Task<byte[]> ReceiveAsync(int rank, ClusterTag tag, CancellationToken ct) => Between(rank, Rank, tag).Reader.ReadAsync(ct).AsTask();

    public Task EndAsync()
    {
        HasEnded = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Channel<byte[]> Between(int from, int to, ClusterTag tag) => _all.GetOrAdd((from, to, tag), _ => Channel.CreateUnbounded<byte[]>());
}
