using System.Collections.Concurrent;
using System.Diagnostics;
using FlGlm.Client.Events;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Client.Training;

/// <summary>
/// A client's connection to its server. It receives all the time: a reply goes to whoever waits for it, a fault to everybody, all other frames
/// are taken in order. Any number of requests may be in flight.
/// </summary>
internal sealed class ServerLink : IAsyncDisposable
{
    /// <summary>Who waits for which reply; null = nobody any more.</summary>
    private readonly ConcurrentDictionary<(FrameKind Kind, long Step), TaskCompletionSource<Frame>?> _replies = [];
    private readonly RunEvents _events;
    private readonly TimeSpan _limit;
    private Exception? _failure;

    /// <summary>The server's last sign of progress other than a frame that is waited for: a timestamp.</summary>
    private long _excused = Stopwatch.GetTimestamp();

    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="limit">how long the server may send nothing but Pings while this client waits for it</param>
    public ServerLink(IFrameChannel channel, TimeSpan limit, RunEvents events)
    {
        (Channel, _limit, _events) = (channel, limit, events);
        Inbox = new FrameInbox(channel, Claim, Fail);
    }

    public IFrameChannel Channel { get; }

    public FrameInbox Inbox { get; }

    /// <summary>Sends a request.</summary>
    /// <returns>completes with its reply, which the caller disposes</returns>
    public async Task<Task<Frame>> SendAsync(FrameKind kind, IMessage control, IPayload payload, FrameKind replyKind, long step, CancellationToken ct)
    {
        var reply = new TaskCompletionSource<Frame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _replies[(replyKind, step)] = reply;
        try
        {
            if (_failure is { } failure)
                throw failure;
            await Channel.SendAsync(kind, control, payload, ct).ConfigureAwait(false);
        }
        catch
        {
            _replies.TryRemove((replyKind, step), out _);
            throw;
        }

        return WaitAsync(reply, replyKind, step, ct);
    }

    /// <summary>The next frame that is no reply.</summary>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    /// <exception cref="ProtocolException">The server makes no progress.</exception>
    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        var taking = Inbox.ReceiveAsync(ct);
        return taking.IsCompleted ? await taking.ConfigureAwait(false) : await PatientlyAsync(taking.AsTask(), "the server", ct).ConfigureAwait(false);
    }

    /// <summary>The next frame that is no reply; it must be of this kind.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public async ValueTask<Frame> ExpectAsync(FrameKind kind, CancellationToken ct)
    {
        var frame = await ReceiveAsync(ct).ConfigureAwait(false);
        if (frame.Kind == kind)
            return frame;
        using (frame)
            throw new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where {kind} was expected.");
    }

    public ValueTask DisposeAsync() => Inbox.DisposeAsync();

    private async Task<Frame> WaitAsync(TaskCompletionSource<Frame> reply, FrameKind kind, long step, CancellationToken ct)
    {
        try
        {
            return await PatientlyAsync(reply.Task, kind == FrameKind.ForwardReply ? "the server's forward" : "the server's backward", ct).ConfigureAwait(false);
        }
        catch
        {
            // The reply may still come; then nobody takes it.
            if (!_replies.TryUpdate((kind, step), null, reply) && !reply.TrySetCanceled(CancellationToken.None) && reply.Task.IsCompletedSuccessfully)
                (await reply.Task.ConfigureAwait(false)).Dispose();
            throw;
        }
    }

    /// <summary>Waits as long as the server makes progress; reports a long wait.</summary>
    private async Task<Frame> PatientlyAsync(Task<Frame> coming, string what, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await coming.WaitAsync(Shorter(SessionTimes.Notice, _limit), ct).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                var waited = Stopwatch.GetElapsedTime(Math.Max(begun, Volatile.Read(ref _excused)));
                if (waited >= _limit)
                {
                    throw new ProtocolException(
                        FaultCode.Timeout, $"{Channel.Peer} has sent nothing but Pings for {_limit.TotalSeconds:0.###} s (client.reply_timeout_s) while this client waits for {what}.");
                }

                if (waited >= SessionTimes.Notice)
                    _events.Report(new ClientEvent.WaitingFor(what, waited, _limit));
            }
        }
    }

    /// <summary>Takes replies and Wait notices out of the stream of frames.</summary>
    private bool Claim(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Wait:
                using (frame)
                    Report(frame.Parse<Wait>());
                return true;
            case FrameKind.ForwardReply or FrameKind.BackwardReply:
                Deliver(frame);
                return true;
            default:
                return false;
        }
    }

    private void Deliver(Frame frame)
    {
        var isTaken = false;
        try
        {
            var step = frame.Parse<PassDone>().Step;
            if (!_replies.TryRemove((frame.Kind, step), out var waiting))
                throw new ProtocolException(FaultCode.WrongStep, $"The server sends a {frame.Kind} for pass {step}, which was not requested.");
            isTaken = waiting?.TrySetResult(frame) == true;
        }
        finally
        {
            if (!isTaken)
                frame.Dispose();
        }
    }

    private void Report(Wait wait)
    {
        Volatile.Write(ref _excused, Stopwatch.GetTimestamp());
        var joined = wait.Joined > 0 ? $" ({wait.Joined} joined)" : "";
        if (wait.WaitingFor.Length > 0)
            _events.Report(new ClientEvent.WaitingFor(wait.WaitingFor + joined, Seconds(wait.WaitedS), Seconds(wait.LimitS)));
    }

    private void Fail(Exception failure)
    {
        _failure = failure;
        foreach (var reply in _replies.Values)
            reply?.TrySetException(failure);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds is >= 0 and < 1e7 ? seconds : 0);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
