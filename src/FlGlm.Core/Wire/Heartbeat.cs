using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Wire;

/// <summary>Sends a Ping frame at regular times while a session lasts, so that the peer's time-out does not end a busy or waiting session.</summary>
public sealed class Heartbeat : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _beating;

    public Heartbeat(IFrameChannel channel, TimeSpan period)
    {
        _beating = BeatAsync(channel, period, _end.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _beating;
        _end.Dispose();
    }

    private static async Task BeatAsync(IFrameChannel channel, TimeSpan period, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
                await channel.SendAsync(FrameKind.Ping, new Ping(), null, CancellationToken.None);
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // The channel has failed, and its receiver gets the exception with details; or the session is over.
        }
    }
}
