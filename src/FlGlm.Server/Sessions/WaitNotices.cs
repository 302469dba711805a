using System.Threading.Channels;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using Google.Protobuf;

namespace FlGlm.Server.Sessions;

/// <summary>While a session waits for others, tells its client for whom, at intervals, and its place in the queue, whenever that changes.</summary>
internal sealed class WaitNotices : IAsyncDisposable
{
    private readonly Channel<IMessage> _notices = Channel.CreateUnbounded<IMessage>();
    private readonly CancellationTokenSource _end = new();
    private readonly SessionDependencies _server;
    private readonly Participant _client;
    private readonly CancellationToken _stopping;
    private readonly bool _ofDiskAlone;
    private readonly Timer _timer;
    private readonly Task _sending;

    /// <param name="stopping">the wait is given up</param>
    /// <param name="ofDiskAlone">the session waits for no other client, and has waited for as long already as passes before the first notice</param>
    public WaitNotices(IFrameChannel channel, SessionDependencies server, Participant client, CancellationToken stopping, bool ofDiskAlone = false)
    {
        (_server, _client, _stopping, _ofDiskAlone) = (server, client, stopping, ofDiskAlone);
        _sending = SendAsync(channel);
        _timer = new Timer(_ => Report(), null, client.Seat == 0 || ofDiskAlone ? TimeSpan.Zero : SessionTimes.Notice, SessionTimes.Notice);
    }

    /// <summary>The client has another place in the queue.</summary>
    public void Moved(QueuePlace place) => _notices.Writer.TryWrite(new Queue { Position = place.Position, Waiting = place.Waiting });

    /// <summary>The wait is over. If it was given up, a notice that is being sent has 2 s: the client may read nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        _notices.Writer.TryComplete();
        if (_stopping.IsCancellationRequested)
            _end.CancelAfter(SessionClose.PeerTimeout);
        await _sending.ConfigureAwait(false);
        _end.Dispose();
    }

    private void Report()
    {
        if (_notices.Reader.Count > 0)
            return; // the client does not read
        if (_server.Checkpoints is { IsPaused: true })
        {
            _notices.Writer.TryWrite(new Wait { WaitingFor = "room on the server's disk" });
            return;
        }

        if (_ofDiskAlone)
            return;
        var (missing, joined) = _server.Roster.Missing;
        if (_client.Seat == 0)
        {
            _notices.Writer.TryWrite(new Wait { WaitingFor = missing, Joined = joined });
            return;
        }

        var others = _server.Scheduler.WaitedFor.Where(other => other != _client).ToList();
        var longest = others.Select(other => other.Awaited).OfType<AwaitedFrame>().MaxBy(awaited => awaited.Waited);
        _notices.Writer.TryWrite(new Wait
        {
            WaitingFor = others.Count == 0 && _server.Cluster is not null ? "clients of other servers" : string.Join(", ", others.Select(other => other.Name)),
            WaitedS = longest?.Waited.TotalSeconds ?? 0,
            LimitS = longest is { Limit.Ticks: > 0 } ? longest.Limit.TotalSeconds : 0,
        });
    }

    private async Task SendAsync(IFrameChannel channel)
    {
        try
        {
            await foreach (var notice in _notices.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                await channel.SendAsync(notice is Queue ? FrameKind.Queue : FrameKind.Wait, notice, null, _end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // The channel has failed, and its receiver gets the exception; or the server stops.
        }
    }
}
