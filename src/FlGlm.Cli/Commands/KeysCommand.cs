using System.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Web.Access;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm keys</c>: makes this side's identity, adds a peer's to the list of known peers, or makes the token of the page.</summary>
internal sealed class KeysCommand
{
    private readonly Option<string> _name = new("--name")
    {
        Description = "This side's name for its peers: letters, digits, dots, dashes, underscores.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "flglm",
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder for identity.key (secret), identity.pub and known_peers.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "keys",
    };

    private readonly Option<string?> _trust = new("--trust")
    {
        Description = "Add a peer: the public line that its `flglm keys` printed, or a file of such lines.",
        HelpName = "FILE|LINE",
    };

    private readonly Option<bool> _web = new("--web")
    {
        Description = "Make web.token instead, with which other machines may see a run's page (web.listen).",
    };

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Replace an existing identity; peers that pinned the old one will refuse the new one. With --web: replace the token.",
    };

    public static Command Build(CommandHost host) => new KeysCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("keys", "Makes this side's identity key, or trusts a peer's.") { _name, _out, _trust, _web, _overwrite },
        (parsed, output, _) =>
        {
            var folder = parsed.GetRequiredValue(_out);
            if (parsed.GetValue(_web) && parsed.GetValue(_trust) is not null)
                throw new ConfigurationException("--web", "makes a token and trusts nobody; leave --trust out.");
            if (parsed.GetValue(_web))
                MakeToken(folder, parsed.GetValue(_overwrite), output);
            else if (parsed.GetValue(_trust) is { } peers)
                AddPeers(peers, folder, output);
            else
                MakeIdentity(parsed.GetRequiredValue(_name), folder, parsed.GetValue(_overwrite), output);
            return Task.CompletedTask;
        });

    private static void MakeIdentity(string name, string folder, bool overwrite, CommandOutput output)
    {
        var secret = Path.Combine(folder, "identity.key");
        var open = Path.Combine(folder, "identity.pub");
        using var identity = IdentityKey.Create();
        var line = identity.PublicKey.ToLine(name);
        identity.Save(secret, overwrite);
        Guard(open, "written", () => File.WriteAllText(open, line + "\n"));
        var fingerprint = identity.PublicKey.Fingerprint;
        output.Write(
            [
                $"identity key, to keep secret: {secret}",
                $"public line, for your peers (also in {open}; they run `flglm keys --trust FILE`):",
                line,
                $"fingerprint, to compare with them (SHA-256): {fingerprint}",
            ],
            new { Identity = secret, PublicFile = open, Line = line, Fingerprint = fingerprint });
    }

    private static void MakeToken(string folder, bool overwrite, CommandOutput output)
    {
        var path = Path.Combine(folder, "web.token");
        WebToken.Make(path, overwrite);
        output.Write(
            [$"token, to keep secret: {path}", "a browser shows it once: http://HOST:PORT/?token=TOKEN, or in the form of the page"],
            new { WebToken = path });
    }

    private static void AddPeers(string peers, string folder, CommandOutput output)
    {
        var list = Path.Combine(folder, "known_peers");
        var known = new KnownPeers(list, PeerTrust.FirstUse);
        foreach (var peer in Read(peers))
        {
            var isNew = Add(known, peer, list);
            output.Write(
                [$"{list} {(isNew ? "now lists" : "already lists")} '{peer.Name}', {peer.Key.Fingerprint}"],
                new { KnownPeers = list, peer.Name, peer.Key.Fingerprint, Added = isNew });
        }
    }

    private static List<KnownPeer> Read(string fileOrLine)
    {
        string[] lines = [fileOrLine];
        if (File.Exists(fileOrLine))
            Guard(fileOrLine, "read", () => lines = File.ReadAllLines(fileOrLine));
        try
        {
            return [.. lines.Where(line => line.Trim().Length > 0 && line.Trim()[0] != '#').Select(PublicIdentity.Parse)];
        }
        catch (SealException e) when (!File.Exists(fileOrLine) && !fileOrLine.Contains(' ', StringComparison.Ordinal))
        {
            throw new SealException($"There is no file '{fileOrLine}'. `flglm keys` on the peer's side makes one, its keys/identity.pub; copy it here.", e);
        }
        catch (SealException e)
        {
            throw new SealException($"'{fileOrLine}' is neither a public line nor a file of them ({e.Message}). `flglm keys` on the peer's side makes one.", e);
        }
    }

    private static void Guard(string path, string done, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SealException($"'{path}' cannot be {done}: {e.Message}", e);
        }
    }

    private static bool Add(KnownPeers known, KnownPeer peer, string list)
    {
        var same = known.Load().FirstOrDefault(other => other.Name == peer.Name || other.Key.Equals(peer.Key));
        if (same == peer)
            return false;
        if (same is not null)
        {
            throw new SealException(
                $"'{list}' has '{same.Name}' with {same.Key.Fingerprint}, which is not '{peer.Name}' with {peer.Key.Fingerprint}. If the key was renewed, delete the old line first.");
        }

        known.Add(peer);
        return true;
    }
}
