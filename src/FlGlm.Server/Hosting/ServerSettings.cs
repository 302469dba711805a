using FlGlm.Core.Configuration;
using FlGlm.Server.Cluster;

namespace FlGlm.Server.Hosting;

/// <summary>The server's address, limits and time-outs.</summary>
public sealed record ServerSettings : IValidated
{
    /// <summary>Address and port; port 0 lets the system choose.</summary>
    public string Listen { get; init; } = "127.0.0.1:7400";

    /// <summary>Whether several servers form one run (with the server-hierarchical strategy); rank r then listens on the port + r.</summary>
    public ClusterKind Cluster { get; init; } = ClusterKind.None;

    /// <summary>
    /// Where clients find the servers of a cluster, by rank: host:port each. Empty = where each listens, and the name of its machine with its port
    /// where it listens on all addresses.
    /// </summary>
    public IReadOnlyList<string> Advertise { get; init; } = [];

    /// <summary>Send each client the trained middle adapter at the end, so that its adapter directory is complete.</summary>
    public bool ShareMiddle { get; init; } = true;

    /// <summary>Largest tensor of one frame accepted, in bytes.</summary>
    public long MaxFrameBytes { get; init; } = FrameLimit.Default;

    /// <summary>The number of clients that may generate at the same time.</summary>
    public int MaxGenerating { get; init; } = 8;

    /// <summary>Largest key/value cache of a generating client, in bytes. 4 GiB: about 8,000 tokens of ChatGLM-6B's middle in bfloat16.</summary>
    public long MaxCacheBytes { get; init; } = 1L << 32;

    /// <summary>Largest sum of the key/value caches of all generating clients, in bytes. 8 GiB: two clients at the limit of each, or many small ones.</summary>
    public long MaxCacheTotalBytes { get; init; } = 1L << 33;

    /// <summary>Bytes of the middles that a client may have kept for its best step, on the disk where the run has checkpoints.</summary>
    public long MaxKeptBytes { get; init; } = 1L << 33;

    /// <summary>Seconds without a request after which a generating client's cache is dropped and its session ended.</summary>
    public double GenerateTimeoutS { get; init; } = 600;

    /// <summary>Accept no training clients: answer <c>flglm generate</c> until stopped.</summary>
    public bool GenerateOnly { get; init; }

    /// <summary>Empty, or a folder in which <c>flglm server</c> records everything it sees, for <c>flglm attack</c>; in the library <see cref="ServerOptions.Tap"/>.</summary>
    public string Tap { get; init; } = "";

    /// <summary>Seconds within which a new connection must complete the handshake.</summary>
    public double HandshakeTimeoutS { get; init; } = 10;

    /// <summary>Seconds without a frame, not even a Ping, after which the server drops a client.</summary>
    public double PeerTimeoutS { get; init; } = 120;

    /// <summary>How long a client may make no progress.</summary>
    public DeadlineSettings Deadlines { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() =>
    [
        .. OwnProblems(),
        .. FrameLimit.Check("max_frame_bytes", MaxFrameBytes),
        .. TimerSeconds.Check("generate_timeout_s", GenerateTimeoutS),
        .. TimerSeconds.Check("handshake_timeout_s", HandshakeTimeoutS),
        .. TimerSeconds.Check("peer_timeout_s", PeerTimeoutS),
        .. Deadlines.Validate().Select(problem => problem with { Key = $"deadlines.{problem.Key}" }),
    ];

    private IEnumerable<Problem> OwnProblems()
    {
        if (HostPort.TryParse(Listen) is null)
            yield return new Problem("listen", $"'{Listen}' is no address; host:port, e.g. 0.0.0.0:7400.");
        foreach (var address in Advertise.Where(address => HostPort.TryParse(address) is not { Port: > 0 }))
            yield return new Problem("advertise", $"'{address}' is no address; host:port, e.g. gpu1.example:7400.");
        if (MaxGenerating < 0)
            yield return new Problem("max_generating", $"{MaxGenerating} is out of range; 0 clients or more.");
        if (MaxCacheBytes < 1024)
            yield return new Problem("max_cache_bytes", $"{MaxCacheBytes} is out of range; 1024 or more.");
        if (MaxKeptBytes < 0)
            yield return new Problem("max_kept_bytes", $"{MaxKeptBytes} is out of range; 0 bytes, so that none is kept, or more.");
        if (MaxCacheTotalBytes < MaxCacheBytes)
            yield return new Problem("max_cache_total_bytes", $"{MaxCacheTotalBytes} is less than one client may use ({MaxCacheBytes}, max_cache_bytes); max_cache_bytes or more.");
    }
}
