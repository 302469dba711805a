namespace FlGlm.Core.Crypto;

/// <summary>Keys for a server and its clients in one process, for samples and tests: every side has an identity, and the server and each client know one another.</summary>
public sealed class KeyRing : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flglm-keys-").FullName;
    private readonly RsaKeyPool _pool = new();
    private readonly Dictionary<string, IdentityKey> _identities;
    private readonly Dictionary<string, SealOptions> _sides;

    /// <param name="server">the server's name</param>
    /// <param name="clients">the clients' names</param>
    public KeyRing(string server, params IReadOnlyCollection<string> clients)
    {
        _identities = clients.Prepend(server).ToDictionary(side => side, _ => IdentityKey.Create());
        _sides = _identities.ToDictionary(side => side.Key, side => new SealOptions(side.Value, Peers(side.Key, side.Key == server ? clients : [server]), _pool));
    }

    /// <summary>A side's keys.</summary>
    public SealOptions this[string side] => _sides[side];

    /// <summary>Deletes the keys.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync().ConfigureAwait(false);
        foreach (var identity in _identities.Values)
            identity.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private KnownPeers Peers(string side, IEnumerable<string> others)
    {
        var peers = new KnownPeers(Path.Combine(_folder, side));
        foreach (var other in others)
            peers.Add(new KnownPeer(other, _identities[other].PublicKey));
        return peers;
    }
}
