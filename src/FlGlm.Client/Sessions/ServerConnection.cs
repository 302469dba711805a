using System.Diagnostics;
using System.IO.Pipelines;
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

    /// <summary>Handshakes in a row that may fail since a key, a signature or a message is not what it should be: bytes may be changed on the way.</summary>
    private const int MostBroken = 5;

    /// <summary>The same of a first connection where a side refuses the other: most often it is right, but an identity may be what was changed.</summary>
    private const int MostRefused = 2;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>Connects and does the handshake, with retries while the server cannot be reached, or does not finish the handshake.</summary>
    /// <param name="settings">Name, address, and how long to retry.</param>
    /// <param name="seal">This client's keys; null = --insecure.</param>
    /// <param name="events">Receives every failed attempt that will be repeated.</param>
    /// <param name="ct">Cancels the attempts.</param>
    /// <exception cref="NetworkException">The server did not answer in time.</exception>
    /// <exception cref="SealException">A key is refused; where it is an identity key, the message names the address, since it may be another server's.</exception>
    /// <exception cref="ProtocolException">The peer uses another version, or is no FL-GLM peer.</exception>
    public static Task<IFrameChannel> OpenAsync(ClientSettings settings, SealOptions? seal, RunEvents events, CancellationToken ct) =>
        OpenAsync(settings, seal, settings.RetryForS, MostRefused, events, ct);

    /// <summary>Connects again where a connection was lost: the sides have accepted each other before, so that a refusal is repeated as often as a broken handshake.</summary>
    /// <inheritdoc cref="OpenAsync(ClientSettings, SealOptions, RunEvents, CancellationToken)"/>
    public static Task<IFrameChannel> ReopenAsync(ClientSettings settings, SealOptions? seal, RunEvents events, CancellationToken ct) =>
        OpenAsync(settings, seal, settings.ReconnectForS, MostBroken, events, ct);

    /// <param name="mostRefused">handshakes in a row that a side may refuse</param>
    private static async Task<IFrameChannel> OpenAsync(
        ClientSettings settings, SealOptions? seal, double seconds, int mostRefused, RunEvents events, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        if (seal is not null)
            await seal.Keys.WarmUpAsync(ct).ConfigureAwait(false);
        var failed = 0;
        for (var delay = FirstDelay; ; delay = delay < LongestDelay ? 2 * delay : delay)
        {
            var left = Math.Max(0, seconds - Stopwatch.GetElapsedTime(begun).TotalSeconds);
            var (host, port) = HostPort.Parse(settings.Connect);
            var pipe = await FrameConnector.ConnectAsync(host, port, new ConnectSettings { GiveUpSeconds = left }, Report, ct).ConfigureAwait(false);
            try
            {
                return await ShakeHandsAsync(pipe, settings, seal, events, ct).ConfigureAwait(false);
            }
            catch (FlGlmException e) when (left > delay.TotalSeconds && (IsUnfinished(e) || ++failed < (IsBroken(e) ? MostBroken : mostRefused)))
            {
                Report(new ConnectAttempt(settings.Connect, 1, e.Message, delay));
                await Task.Delay(delay, ct).ConfigureAwait(false);
            }
        }

        void Report(ConnectAttempt attempt) => events.Report(new ClientEvent.Retrying(attempt));
    }

    /// <summary>The other side did not get to the end of the handshake; nothing speaks against it.</summary>
    private static bool IsUnfinished(FlGlmException e) => e is NetworkException or ProtocolException { Code: FaultCode.Timeout or FaultCode.Full or FaultCode.Busy or FaultCode.ShuttingDown };

    private static bool IsBroken(FlGlmException e) => e is SealException { IsBroken: true } or ProtocolException { IsBroken: true } or ProtocolException { Code: FaultCode.Malformed };

    private static async Task<IFrameChannel> ShakeHandsAsync(IDuplexPipe pipe, ClientSettings settings, SealOptions? seal, RunEvents events, CancellationToken ct)
    {
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
    }
}
