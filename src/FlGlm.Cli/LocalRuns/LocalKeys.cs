using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;

namespace FlGlm.Cli.LocalRuns;

/// <summary>Makes the keys for a run whose sides are all on this machine: each side gets a key and a list of the others, as from `flglm keys`.</summary>
internal static class LocalKeys
{
    /// <param name="folder">Each side has a folder in it.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="clients">The clients' names.</param>
    /// <returns>the key settings of each side, by name</returns>
    public static IReadOnlyDictionary<string, KeysSettings> Make(string folder, string server, IReadOnlyCollection<string> clients)
    {
        var lines = new[] { server }.Concat(clients).ToDictionary(name => name, name => MakeOne(folder, name));
        return lines.Keys.ToDictionary(name => name, name => Trust(folder, name, name == server ? clients : [server], lines));
    }

    private static KnownPeer MakeOne(string folder, string name)
    {
        using var identity = IdentityKey.Create();
        identity.Save(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, "identity.key"), overwrite: true);
        return new KnownPeer(name, identity.PublicKey);
    }

    private static KeysSettings Trust(string parent, string name, IEnumerable<string> others, Dictionary<string, KnownPeer> peers)
    {
        var folder = Path.Combine(parent, name);
        var settings = new KeysSettings { Identity = Path.Combine(folder, "identity.key"), KnownPeers = Path.Combine(folder, "known_peers") };
        File.Delete(settings.KnownPeers);
        var list = new KnownPeers(settings.KnownPeers, PeerTrust.FirstUse);
        foreach (var other in others)
            list.Add(peers[other]);
        return settings;
    }
}
