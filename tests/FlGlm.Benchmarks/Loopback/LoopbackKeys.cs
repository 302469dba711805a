using FlGlm.Core.Crypto;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Fresh keys for a client and a server that know each other and nobody else.</summary>
internal sealed class LoopbackKeys : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IdentityKey _server = IdentityKey.Create();
    private readonly IdentityKey _client = IdentityKey.Create();
    private readonly RsaKeyPool _pairs = new();

    public LoopbackKeys()
    {
        Server = new SealOptions(_server, Knowing("client", _client), _pairs);
        Client = new SealOptions(_client, Knowing("server", _server), _pairs);
    }

    public SealOptions Server { get; }

    public SealOptions Client { get; }

    public async ValueTask DisposeAsync()
    {
        await _pairs.DisposeAsync();
        _server.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    private KnownPeers Knowing(string name, IdentityKey peer) =>
        new(_folder.Write($"known to all but {name}", peer.PublicKey.ToLine(name) + "\n"));
}
