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

    /// <summary>Handshakes in a row that may fail since a key, a signature or a message is not what it should be.</summary>
    private const int MostBroken = 5;

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
        OpenAsync(
        settings, seal, settings.RetryForS, e => e is NetworkException or SealException { IsBroken: true } or ProtocolException { IsBroken: true } or ProtocolException { Code: FaultCode.Timeout or FaultCode.Malformed }, events, ct);

    /// <summary>Connects again where a connection was lost. A handshake that breaks is repeated too; a refused identity is not.</summary>
    /// <inheritdoc cref="OpenAsync(ClientSettings, SealOptions, RunEvents, CancellationToken)"/>
    public static Task<IFrameChannel> ReopenAsync(ClientSettings settings, SealOptions? seal, RunEvents events, CancellationToken ct) => OpenAsync(
        settings, seal, settings.ReconnectForS, e => e is NetworkException or SealException { IsUnknownIdentity: false } or ProtocolException { Code: not FaultCode.SealMismatch }, events, ct);

    /// <param name="isBroken">whether a failed handshake may be repeated</param>
    private static async Task<IFrameChannel> OpenAsync(
        ClientSettings settings, SealOptions? seal, double seconds, Func<FlGlmException, bool> isBroken, RunEvents events, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        if (seal is not null)
            await seal.Keys.WarmUpAsync(ct).ConfigureAwait(false);
        var broken = 0;
        for (var delay = FirstDelay; ; delay = delay < LongestDelay ? 2 * delay : delay)
        {
            var left = Math.Max(0, seconds - Stopwatch.GetElapsedTime(begun).TotalSeconds);
            var (host, port) = HostPort.Parse(settings.Connect);
            var pipe = await FrameConnector.ConnectAsync(host, port, new ConnectSettings { GiveUpSeconds = left }, Report, ct).ConfigureAwait(false);
            try
            {
                return await ShakeHandsAsync(pipe, settings, seal, events, ct).ConfigureAwait(false);
            }
            catch (FlGlmException e) when (isBroken(e) && left > delay.TotalSeconds && (e is not (SealException or ProtocolException { Code: FaultCode.Malformed }) || ++broken < MostBroken))
            {
                Report(new ConnectAttempt(settings.Connect, 1, e.Message, delay));
                await Task.Delay(delay, ct).ConfigureAwait(false);
            }
        }

        void Report(ConnectAttempt attempt) => events.Report(new ClientEvent.Retrying(attempt));
    }

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
