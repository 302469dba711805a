using FlGlm.Core.Crypto;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Fresh keys for a server and its clients, who know the server and nobody else.</summary>
internal sealed class LoopbackKeys : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IdentityKey _server = IdentityKey.Create();
    private readonly List<IdentityKey> _clients;
    private readonly RsaKeyPool _pairs = new();

    public LoopbackKeys(int clients = 1)
    {
        _clients = [.. Enumerable.Range(0, clients).Select(_ => IdentityKey.Create())];
        _server.Save(ServerIdentity);
        KnownToServer = _folder.Write("clients.pub", string.Concat(_clients.Select((client, seat) => client.PublicKey.ToLine(NameOf(seat)) + "\n")));
        Server = new SealOptions(_server, new KnownPeers(KnownToServer), _pairs);
        var known = _folder.Write("server.pub", _server.PublicKey.ToLine("server") + "\n");
        Clients = [.. _clients.Select(client => new SealOptions(client, new KnownPeers(known), _pairs))];
    }

    public string ServerIdentity => _folder.At("identity.key");

    /// <summary>The server's list of known peers.</summary>
    public string KnownToServer { get; }

    public SealOptions Server { get; }

    public SealOptions Client => Clients[0];

    public IReadOnlyList<SealOptions> Clients { get; }

    /// <param name="client">counted from 0</param>
    public static string NameOf(int client) => $"client-{client + 1}";

    public async ValueTask DisposeAsync()
    {
        await _pairs.DisposeAsync();
        _server.Dispose();
        _clients.ForEach(client => client.Dispose());
        _folder.Dispose();
    }
}
