using System.Collections.Concurrent;
using FlGlm.Core.Crypto;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Identity keys by name, each made once for all tests: making one takes longer than most of them.</summary>
internal static class Identities
{
    private static readonly ConcurrentDictionary<string, Lazy<(string Secret, KnownPeer Public)>> Made = new();

    /// <summary>Writes a key file and a list of known peers into a folder, as <c>flglm keys</c> makes them.</summary>
    public static void Write(string folder, string name, params IEnumerable<string> peers)
    {
        Directory.CreateDirectory(folder);
        WriteOwn(Path.Combine(folder, "identity.key"), [Of(name).Secret]);
        WriteOwn(Path.Combine(folder, "known_peers"), peers.Select(Line));
    }

    /// <summary>The public line, for a list of known peers.</summary>
    public static string Line(string name) => Of(name).Public.Key.ToLine(name);

    private static void WriteOwn(string path, IEnumerable<string> lines)
    {
        File.WriteAllLines(path, lines);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static (string Secret, KnownPeer Public) Of(string name) => Made.GetOrAdd(name, _ => new(() => Make(name))).Value;

    private static (string Secret, KnownPeer Public) Make(string name)
    {
        using var folder = new TempFolder();
        using var identity = IdentityKey.Create();
        identity.Save(folder.At("identity.key"));
        return (File.ReadAllText(folder.At("identity.key")), new KnownPeer(name, identity.PublicKey));
    }
}
