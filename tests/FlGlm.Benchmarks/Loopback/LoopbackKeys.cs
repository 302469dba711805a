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
        _server.Save(ServerIdentity);
        KnownToServer = Known("client", _client);
        Server = new SealOptions(_server, new KnownPeers(KnownToServer), _pairs);
        Client = new SealOptions(_client, new KnownPeers(Known("server", _server)), _pairs);
    }

    public string ServerIdentity => _folder.At("identity.key");

    /// <summary>The server's list of known peers.</summary>
    public string KnownToServer { get; }

    public SealOptions Server { get; }

    public SealOptions Client { get; }

    public async ValueTask DisposeAsync()
    {
        await _pairs.DisposeAsync();
        _server.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    private string Known(string name, IdentityKey peer) => _folder.Write($"{name}.pub", peer.PublicKey.ToLine(name) + "\n");
}
