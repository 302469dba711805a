using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Wire;

/// <summary>Sends a Ping frame at regular times while a session lasts, so that the peer's time-out does not end a busy or waiting session.</summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _sending = new();
    private readonly TimeSpan _lastPingTimeout;
    private readonly Task _beating;

    public Heartbeat(IFrameChannel channel, TimeSpan period)
        : this(channel, period, SessionClose.PeerTimeout)
    {
    }

    /// <param name="lastPingTimeout">How long the end of the session waits for a Ping that is being sent.</param>
    internal Heartbeat(IFrameChannel channel, TimeSpan period, TimeSpan lastPingTimeout)
    {
        _lastPingTimeout = lastPingTimeout;
        _beating = BeatAsync(channel, period, _sending.Token, _end.Token);
    }

    /// <summary>Ends the Pings. One that is being sent is given 2 s: a frame cut off in the middle ends the channel, but a peer that reads nothing must not delay the end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _sending.CancelAfter(_lastPingTimeout);
        await _beating.ConfigureAwait(false);
        _end.Dispose();
        _sending.Dispose();
    }

    private static async Task BeatAsync(IFrameChannel channel, TimeSpan period, CancellationToken sending, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
                await channel.SendAsync(FrameKind.Ping, new Ping(), null, sending).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // The channel has failed, and its receiver gets the exception with details; or the session is over.
        }
    }
}
