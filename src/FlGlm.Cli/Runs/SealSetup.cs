using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Runs;

/// <summary>Opens this side's keys from the configuration; nothing with <c>--insecure</c>.</summary>
internal sealed partial class SealSetup : IAsyncDisposable
{
    private readonly IdentityKey? _identity;
    private readonly RsaKeyPool? _keys;

    private SealSetup()
    {
    }

    private SealSetup(IdentityKey identity, KnownPeers peers)
    {
        _identity = identity;
        _keys = new RsaKeyPool();
        Options = new SealOptions(identity, peers, _keys);
    }

    /// <summary>Null = --insecure.</summary>
    public SealOptions? Options { get; }

    /// <exception cref="SealException">a key file or the list of known peers is missing or not valid</exception>
    public static SealSetup Open(CommandContext run)
    {
        var logger = run.Loggers.CreateLogger("flglm");
        if (run.Insecure)
        {
            LogInsecure(logger);
            return new SealSetup();
        }

        return Open(run.Config.Keys, peer => LogFirstUse(logger, peer.Name, peer.Key.Fingerprint, run.Config.Keys.KnownPeers));
    }

    /// <param name="recorded">called where first use has recorded a peer</param>
    /// <inheritdoc cref="Open(CommandContext)"/>
    public static SealSetup Open(KeysSettings keys, Action<KnownPeer>? recorded = null)
    {
        var identity = IdentityKey.Load(keys.Identity);
        var peers = new KnownPeers(keys.KnownPeers, keys.Trust, recorded);
        _ = peers.Load();
        return new SealSetup(identity, peers);
    }

    public async ValueTask DisposeAsync()
    {
        if (_keys is not null)
            await _keys.DisposeAsync();
        _identity?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "--insecure: nothing is sealed, anyone on the way can read and change it")]
    private static partial void LogInsecure(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "FIRST USE: '{Peer}' with key {Fingerprint} was unknown and is trusted from now on ({List}); compare the fingerprint with its owner")]
    private static partial void LogFirstUse(ILogger logger, string peer, string fingerprint, string list);
}
