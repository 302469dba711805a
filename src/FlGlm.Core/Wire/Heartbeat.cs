using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Wire;

/// <summary>Pings while a session lasts, so that a busy or waiting side does not look like a dead one.</summary>
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
            // The channel is dead, which whoever receives from it learns in more detail; or the session is over.
        }
    }
}
