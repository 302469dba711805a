using FlGlm.Client.Events;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Sessions;

/// <summary>Opens a client's channel to its server.</summary>
internal static class ServerConnection
{
    /// <summary>Seconds without a frame after which the connection is closed; the server sends a Ping at least every 5 s.</summary>
    private const double PeerTimeoutSeconds = 60;

    /// <summary>Connects, with retries while the server cannot be reached, and does the handshake.</summary>
    /// <param name="settings">Name, address, and how long to retry.</param>
    /// <param name="seal">This client's keys; null = --insecure.</param>
    /// <param name="events">Receives every failed attempt that will be repeated.</param>
    /// <param name="ct">Cancels the attempts.</param>
    /// <exception cref="NetworkException">The server did not answer in time.</exception>
    /// <exception cref="SealException">A key is refused; where it is an identity key, the message names the address, since it may be another server's.</exception>
    /// <exception cref="ProtocolException">The peer uses another version, or is no FL-GLM peer.</exception>
    public static async Task<IFrameChannel> OpenAsync(
        ClientSettings settings, SealOptions? seal, RunEvents events, CancellationToken ct)
    {
        var (host, port) = HostPort.Parse(settings.Connect);
        if (seal is not null)
            await seal.Keys.WarmUpAsync(ct).ConfigureAwait(false);
        var pipe = await FrameConnector.ConnectAsync(host, port, new ConnectSettings { GiveUpSeconds = settings.RetryForS }, Report, ct).ConfigureAwait(false);
        var limits = new WireSettings { MaxFrameBytes = settings.MaxFrameBytes, FrameLimitKey = "client.max_frame_bytes", PeerTimeoutSeconds = PeerTimeoutSeconds };
        var options = new ChannelOptions { Name = settings.Name, Peer = settings.Server, Seal = seal, Wire = limits };
        try
        {
            var channel = await Handshake.ConnectAsync(pipe, settings.Connect, options, ct).ConfigureAwait(false);
            events.Report(new ClientEvent.Connected(channel.Peer, channel.Sealed));
            return channel;
        }
        catch (SealException e) when (e.IsUnknownIdentity)
        {
            throw new SealException($"{e.Message} This client connected to {settings.Connect}: or client.connect names another server than the one you mean.", e)
            {
                IsUnknownIdentity = true,
            };
        }

        void Report(ConnectAttempt attempt) => events.Report(new ClientEvent.Retrying(attempt));
    }
}
