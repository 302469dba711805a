using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;

namespace FlGlm.Cli.Demo;

/// <summary>Makes the keys for a run whose sides are all in this process: each side gets a key and a list of the others, as from `flglm keys`.</summary>
internal static class DemoKeys
{
    /// <returns>the key settings of each side, by name</returns>
    public static IReadOnlyDictionary<string, KeysSettings> Make(RunDirectory directory, string server, IReadOnlyCollection<string> clients)
    {
        var lines = new[] { server }.Concat(clients).ToDictionary(name => name, name => MakeOne(directory, name));
        return lines.Keys.ToDictionary(name => name, name => Trust(directory, name, name == server ? clients : [server], lines));
    }

    private static KnownPeer MakeOne(RunDirectory directory, string name)
    {
        using var identity = IdentityKey.Create();
        identity.Save(Path.Combine(directory.Under(name).Path, "identity.key"), overwrite: true);
        return new KnownPeer(name, identity.PublicKey);
    }

    private static KeysSettings Trust(RunDirectory directory, string name, IEnumerable<string> others, Dictionary<string, KnownPeer> peers)
    {
        var folder = directory.Under(name).Path;
        var settings = new KeysSettings { Identity = Path.Combine(folder, "identity.key"), KnownPeers = Path.Combine(folder, "known_peers") };
        File.Delete(settings.KnownPeers);
        var list = new KnownPeers(settings.KnownPeers, PeerTrust.FirstUse);
        foreach (var other in others)
            list.Add(peers[other]);
        return settings;
    }
}
