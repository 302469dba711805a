using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FlGlm.Client.Sessions;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;

namespace FlGlm.Cli.Doctor;

/// <summary>Looks at what a side needs to meet the other one: keys, the server's port, or the server itself with its version and clock.</summary>
internal static class PeerChecks
{
    /// <summary>How far apart two clocks may be before logs and traces of the two sides no longer fit together.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>An answer that takes longer costs more than most steps.</summary>
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromMilliseconds(200);

    /// <summary>This side's key, and the peers that it accepts.</summary>
    public static IEnumerable<Finding> Keys(FlGlmConfig config, bool isClient)
    {
        var keys = config.Keys;
        yield return Finding.Of("key", () =>
        {
            using var identity = IdentityKey.Load(keys.Identity);
            return $"{keys.Identity}, {identity.PublicKey.Fingerprint}";
        });
        yield return Finding.Of("peers", () =>
        {
            var peers = new KnownPeers(keys.KnownPeers, keys.Trust).Load();
            if (peers.Count == 0 && keys.Trust == PeerTrust.Pinned)
                throw new SealException($"'{keys.KnownPeers}' lists no peer, so that none is accepted. `flglm keys --trust FILE` adds the line that the other side's `flglm keys` printed.");
            if (isClient && config.Client.Server is { Length: > 0 } server && peers.All(peer => peer.Name != server))
                throw new SealException($"'{keys.KnownPeers}' does not list '{server}' (client.server). `flglm keys --trust FILE` adds its line.");
            return $"{keys.KnownPeers}: {(peers.Count == 0 ? "none yet, the first is trusted" : string.Join(", ", peers.Select(peer => peer.Name)))}";
        });
    }

    /// <summary>Whether the server, or the page, could listen here now.</summary>
    /// <param name="listen">host:port</param>
    /// <param name="key">that names it</param>
    public static Finding Port(string subject, string listen, string key) => Finding.Of(subject, () =>
    {
        var address = new Uri($"tcp://{listen}");
        try
        {
            using var socket = new TcpListener(Dns.GetHostAddresses(address.Host.Trim('[', ']'))[0], address.Port);
            socket.Start();
            return $"{listen} is free";
        }
        catch (SocketException e)
        {
            throw new NetworkException($"Nothing can listen on {listen}: {e.Message}. Stop what listens there, or choose another address ({key}).", e);
        }
    });

    /// <summary>Meets the server that a client's configuration names.</summary>
    public static async Task<IReadOnlyList<Finding>> ServerAsync(FlGlmConfig config, SealOptions? seal, CancellationToken ct)
    {
        try
        {
            var server = await ServerInquiry.AskAsync(config.Client with { RetryForS = 0 }, seal, ct);
            return Answered(server, config.Client.Connect, DateTimeOffset.UtcNow);
        }
        catch (FlGlmException e)
        {
            return [Finding.Problem("server", e)];
        }
    }

    /// <summary>What the server's answer says.</summary>
    /// <param name="now">this machine's clock when it came</param>
    public static IReadOnlyList<Finding> Answered(ServerInquiry server, string address, DateTimeOffset now)
    {
        var milliseconds = server.RoundTrip.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
        var runs = server.RunId.Length == 0 ? "generation only" : $"run {server.RunId}, {server.Clients} client(s)";
        var text = $"'{server.Name}' answers at {address} in {milliseconds} ms: {runs}";
        return
        [
            server.RoundTrip > SlowAnswer ? Finding.Warning("server", $"{text}. Each step waits for two such answers; training.micro_batches hides some of it.") : new Finding("server", text),
            Version(server),
            Clocks(now, server.Clock + (server.RoundTrip / 2)),
        ];
    }

    private static Finding Version(ServerInquiry server)
    {
        var own = typeof(ServerInquiry).Assembly.GetName().Version!.ToString(3);
        return server.Version == own
            ? new Finding("version", $"{own} on both sides")
            : new Finding("version", $"the server is {server.Version}, this side {own}: install one version on both sides.", ExitCode.Protocol);
    }

    private static Finding Clocks(DateTimeOffset own, DateTimeOffset server)
    {
        var apart = own - server;
        var shown = apart.Duration() >= TimeSpan.FromHours(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{apart.Duration().TotalHours:0} hours")
            : string.Create(CultureInfo.InvariantCulture, $"{apart.Duration().TotalSeconds:0.0} s");
        return apart.Duration() > ClockTolerance
            ? new Finding(
                "clocks",
                $"this machine's clock is {shown} {(apart > TimeSpan.Zero ? "ahead of" : "behind")} the server's, so that logs and traces of the two sides do not fit together. Set the wrong one (timedatectl set-ntp true).",
                ExitCode.Configuration)
            : new Finding("clocks", $"{shown} apart");
    }
}
