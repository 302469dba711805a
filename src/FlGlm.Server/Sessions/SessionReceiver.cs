using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Sessions;

/// <summary>Takes a session's frames in order, each before its deadline, and notices a disconnect while the session waits for something else.</summary>
internal sealed class SessionReceiver(IFrameChannel channel, DeadlineSettings deadlines, RunEvents events) : IAsyncDisposable
{
    public FrameInbox Inbox { get; } = new(channel);

    public SessionState State { get; set; }

    /// <summary>Whose session it is; null before it has joined.</summary>
    public Participant? Participant { get; set; }

    /// <summary>The next frame, which must be of this kind.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public async ValueTask<Frame> ExpectAsync(FrameKind kind, CancellationToken ct)
    {
        var frame = await ReceiveAsync(ct).ConfigureAwait(false);
        if (frame.Kind == kind)
            return frame;
        using (frame)
            throw Unexpected(frame);
    }

    /// <summary>The next frame.</summary>
    /// <exception cref="GoodbyeException">The peer ends the session.</exception>
    /// <exception cref="ProtocolException">None came before the deadline of the <see cref="State"/>, however many Pings did.</exception>
    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        if (Inbox.HasFrames)
            return await Inbox.ReceiveAsync(ct).ConfigureAwait(false);
        var deadline = State.Deadline(deadlines);
        var limit = deadline is { } due ? TimeSpan.FromSeconds(due.Seconds) : Timeout.InfiniteTimeSpan;
        var awaited = new AwaitedFrame(State, Stopwatch.GetTimestamp(), limit);
        Participant?.Awaited = awaited;
        try
        {
            while (true)
            {
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
                wait.CancelAfter(limit == Timeout.InfiniteTimeSpan || limit - awaited.Waited > SessionTimes.Notice ? SessionTimes.Notice : Positive(limit - awaited.Waited));
                try
                {
                    return await Inbox.ReceiveAsync(wait.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!ct.IsCancellationRequested)
                {
                    if (deadline is { } passed && awaited.Waited >= limit)
                        throw Late(passed.Seconds, passed.Key);
                    if (deadline is not null)
                        events.Report(new ServerEvent.WaitingFor(channel.Peer.Name, State.Due(), awaited.Waited, limit));
                }
            }
        }
        finally
        {
            Participant?.Awaited = null;
        }
    }

    /// <summary>Waits for <paramref name="work"/>. A disconnect, a Goodbye or any other frame of the peer ends the wait with an exception.</summary>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var working = work(linked.Token);
        var arriving = Inbox.WaitAsync(linked.Token);
        if (await Task.WhenAny(working, arriving).ConfigureAwait(false) == working || working.IsCompleted)
        {
            await linked.CancelAsync().ConfigureAwait(false);
            await arriving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await working.ConfigureAwait(false);
        }

        await linked.CancelAsync().ConfigureAwait(false);
        await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        using var frame = await Inbox.ReceiveAsync(ct).ConfigureAwait(false);
        throw Unexpected(frame);
    }

    /// <summary>Waits for <paramref name="work"/>. A disconnect or a Goodbye ends the wait with an exception; other frames wait to be received.</summary>
    public async Task<T> WaitWhileConnectedAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var working = work(linked.Token);
        if (working.IsCompleted || await Task.WhenAny(working, Inbox.Ended).ConfigureAwait(false) == working)
            return await working.ConfigureAwait(false);
        await linked.CancelAsync().ConfigureAwait(false);
        await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (working.IsCompletedSuccessfully)
            return await working.ConfigureAwait(false);
        throw await Inbox.Ended.ConfigureAwait(false);
    }

    public ProtocolException Unexpected(Frame frame) =>
        new(FaultCode.Unexpected, $"A {frame.Kind} frame is not allowed in a session that is {State.Describe()}.");

    public ValueTask DisposeAsync() => Inbox.DisposeAsync();

    private ProtocolException Late(double seconds, string key) => new(
        FaultCode.Timeout, $"'{channel.Peer.Name}' has not sent {State.Due()} for {seconds:0.###} s (server.deadlines.{key}); its session ends.");

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1);
}
