using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using FlGlm.Client.Events;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>
/// A client's link to its server, which may outlive a connection. It receives all the time: a reply goes to whoever waits for it, a fault to
/// everybody, all other frames are taken in order. Any number of requests may be in flight; they wait while there is no connection.
/// </summary>
internal sealed class ServerLink : IAsyncDisposable
{
    /// <summary>Who waits for which reply; null = nobody any more.</summary>
    private readonly ConcurrentDictionary<(FrameKind Kind, long Step), TaskCompletionSource<Frame>?> _replies = [];
    private readonly PendingRequests _pending = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly RunEvents _events;
    private readonly TimeSpan _limit;
    private bool _outlives;
    private CancellationTokenSource _interrupted = new();
    private (long Up, long Down) _traffic;
    private Exception? _failure;
    private bool _isWithoutConnection;
    private volatile bool _hasTakenPart;

    /// <summary>The server's last sign of progress other than a frame that is waited for: a timestamp.</summary>
    private long _excused = Stopwatch.GetTimestamp();

    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="limit">how long the server may send nothing but Pings while this client waits for it</param>
    /// <param name="outlives">requests wait for another connection where this one is lost; else they fail</param>
    public ServerLink(IFrameChannel channel, TimeSpan limit, RunEvents events, bool outlives = false)
    {
        (Channel, _limit, _events, _outlives) = (channel, limit, events, outlives);
        Inbox = NewInbox(channel);
    }

    public IFrameChannel Channel { get; private set; }

    public FrameInbox Inbox { get; private set; }

    /// <summary>Bytes sent and received, over all connections.</summary>
    public (long Up, long Down) Traffic => (_traffic.Up + Channel.BytesSent, _traffic.Down + Channel.BytesReceived);

    /// <summary>Replies that have come, over all connections.</summary>
    public long Answers { get; private set; }

    /// <summary>The server has taken this client into its run, over this connection or one before: it has sent more than its plan.</summary>
    public bool HasTakenPart => _hasTakenPart;

    /// <summary>Whether a reply is due.</summary>
    public bool HasPending => _pending.HasAny;

    /// <summary>Up to this pass every reply has come.</summary>
    public long LastReply => _pending.LastReply;

    /// <summary>Whether another connection may bring what this one has not.</summary>
    public bool IsLost => Inbox.Ended is { IsCompletedSuccessfully: true } ended && MayBeReplaced(ended.Result, Inbox.IsBroken);

    /// <summary>Where the server has told this client to go back to, also over a connection that is lost since; null = it goes on.</summary>
    public RollbackException? Rollback => _failure as RollbackException;

    /// <summary>What a failure comes from: a send may break because the server has left, and has said so.</summary>
    public async Task<FlGlmException> CauseOfAsync(FlGlmException failure)
    {
        if (failure is not NetworkException)
            return failure;
        await ((Task)Inbox.Ended).WaitAsync(SessionClose.PeerTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Inbox.Ended is { IsCompletedSuccessfully: true, Result: GoodbyeException or ProtocolException { FromPeer: true } } said
            ? (FlGlmException)await said.ConfigureAwait(false)
            : failure;
    }

    /// <summary>Sends a request.</summary>
    /// <param name="packed">its tensor, from now on owned by the link; null for a request without one</param>
    /// <returns>completes with its reply, which the caller disposes</returns>
    public async Task<Task<Frame>> SendAsync(FrameKind kind, IMessage control, Tensor? packed, FrameKind replyKind, long step, CancellationToken ct)
    {
        var reply = new TaskCompletionSource<Frame>(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new PendingRequest(kind, control, step, packed);
        _replies[(replyKind, step)] = reply;
        try
        {
            await SendAsync(request, ct).ConfigureAwait(false);
        }
        catch
        {
            _replies.TryRemove((replyKind, step), out _);
            _pending.Forget(request);
            throw;
        }
        finally
        {
            request.Release();
        }

        _pending.LastPass = Math.Max(_pending.LastPass, step);
        return WaitAsync(reply, replyKind, step, ct);
    }

    /// <summary>Sends a request that gets no reply.</summary>
    public async Task SendAsync(FrameKind kind, IMessage control, CancellationToken ct)
    {
        var request = new PendingRequest(kind, control, _pending.LastPass, packed: null);
        try
        {
            await SendAsync(request, ct).ConfigureAwait(false);
        }
        catch
        {
            _pending.Forget(request);
            throw;
        }
    }

    /// <summary>Requests new keys; a connection that is lost needs none.</summary>
    /// <returns>whether a key period is requested now</returns>
    public async ValueTask<bool> RekeyAsync(CancellationToken ct)
    {
        try
        {
            return await Channel.RekeyAsync(ct).ConfigureAwait(false);
        }
        catch (FlGlmException) when (_outlives)
        {
            return false; // The inbox notices too.
        }
    }

    /// <summary>From now on frames go through this connection; what waits is not sent before <see cref="ResumeAsync"/>.</summary>
    /// <param name="channel">after its handshake; the caller disposes it</param>
    public async Task UseAsync(IFrameChannel channel)
    {
        await _sending.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _isWithoutConnection = true;
        _sending.Release();
        (_traffic, Channel) = (Traffic, channel); // the end of the one before means nothing any more
        await Inbox.DisposeAsync().ConfigureAwait(false);
        Inbox = NewInbox(channel);
        Volatile.Write(ref _excused, Stopwatch.GetTimestamp());
    }

    /// <summary>Sends again, in their order, the requests whose replies have not come.</summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        await _sending.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            _isWithoutConnection = false;
            foreach (var request in _pending.All)
                await request.SendAsync(Channel, ct).ConfigureAwait(false);
        }
        catch (FlGlmException) when (_outlives)
        {
            // This connection is lost too, which its inbox notices.
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>From now on the link ends with its connection.</summary>
    public void EndWithConnection()
    {
        _outlives = false;
        if (Inbox is { IsBroken: true, Ended.IsCompleted: true })
            Abort(Inbox.Ended.Result);
    }

    /// <summary>Nothing that was begun goes on: whoever waits or sends gets this failure, until <see cref="BeginAgain"/>.</summary>
    public void Abort(Exception failure)
    {
        _failure = failure;
        foreach (var reply in _replies.Values)
            reply?.TrySetException(failure);
        _interrupted.Cancel();
    }

    /// <summary>Passes are counted from 1 again; all earlier requests are forgotten.</summary>
    public void BeginAgain()
    {
        _pending.Clear();
        _replies.Clear();
        while (Inbox.TryTake() is { } old)
            old.Dispose();
        _interrupted.Dispose();
        (_interrupted, _failure, _isWithoutConnection) = (new CancellationTokenSource(), null, false);
    }

    /// <summary>The next frame that is no reply.</summary>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    /// <exception cref="ProtocolException">The server makes no progress.</exception>
    /// <exception cref="RollbackException">The client must go back to a checkpoint.</exception>
    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        if (Inbox.HasFrames)
            return await Inbox.ReceiveAsync(ct).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _interrupted.Token);
        var coming = Inbox.ReceiveAsync(either.Token).AsTask();
        try
        {
            return await PatientlyAsync(coming, "the server", either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_failure is not null && !ct.IsCancellationRequested)
        {
            // A frame that came before is received before.
            await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (coming.IsCompletedSuccessfully ? await coming.ConfigureAwait(false) : Inbox.TryTake()) ?? throw _failure;
        }
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

    public async ValueTask DisposeAsync()
    {
        await Inbox.DisposeAsync().ConfigureAwait(false);
        BeginAgain();
        _interrupted.Dispose();
        _sending.Dispose();
    }

    private FrameInbox NewInbox(IFrameChannel channel) => new(channel, Claim, (failure, isBroken) => Fail(channel, failure, isBroken));

    private async Task SendAsync(PendingRequest request, CancellationToken ct)
    {
        await _sending.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            _pending.Add(request);
            if (_failure is { } failure)
                throw failure;
            if (!_isWithoutConnection)
                await request.SendAsync(Channel, ct).ConfigureAwait(false);
        }
        catch (FlGlmException) when (_outlives && _failure is null)
        {
            // The inbox notices too that the connection is lost; the request waits for another one.
        }
        catch (NetworkException e)
        {
            ExceptionDispatchInfo.Throw(await CauseOfAsync(e).ConfigureAwait(false));
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<Frame> WaitAsync(TaskCompletionSource<Frame> reply, FrameKind kind, long step, CancellationToken ct)
    {
        try
        {
            return await PatientlyAsync(reply.Task, Due(kind), ct).ConfigureAwait(false);
        }
        catch
        {
            // The reply may still come; then nobody takes it.
            if (!_replies.TryUpdate((kind, step), null, reply) && !reply.TrySetCanceled(CancellationToken.None) && reply.Task.IsCompletedSuccessfully)
                (await reply.Task.ConfigureAwait(false)).Dispose();
            throw;
        }
    }

    private static string Due(FrameKind reply) => reply switch
    {
        FrameKind.ForwardReply => "the server's forward",
        FrameKind.BackwardReply => "the server's backward",
        _ => "the server to keep a middle",
    };

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
                if (waited >= _limit && !IsLost)
                {
                    throw new ProtocolException(
                        FaultCode.Timeout, $"{Channel.Peer} has sent nothing but Pings for {_limit.TotalSeconds:0.###} s (client.reply_timeout_s) while this client waits for {what}.");
                }

                if (waited >= SessionTimes.Notice && !IsLost)
                    _events.Report(new ClientEvent.WaitingFor(what, waited, _limit));
            }
        }
    }

    /// <summary>Takes replies, Wait notices and Rollbacks out of the stream of frames.</summary>
    private bool Claim(Frame frame)
    {
        _hasTakenPart |= frame.Kind is not (FrameKind.Plan or FrameKind.ContentAgreed or FrameKind.Redirect);
        switch (frame.Kind)
        {
            case FrameKind.Wait:
                using (frame)
                    Report(frame.Parse<Wait>());
                return true;
            case FrameKind.Rollback:
                using (frame)
                    Abort(Read(frame.Parse<Rollback>()));
                return true;
            case FrameKind.ForwardReply or FrameKind.BackwardReply or FrameKind.Kept:
                Deliver(frame);
                return true;
            default:
                return false;
        }
    }

    private static RollbackException Read(Rollback message) => new(Places.Read(message.Place), message.Attempt);

    private void Deliver(Frame frame)
    {
        var isTaken = false;
        try
        {
            var step = frame.Parse<PassDone>().Step;
            if (!_replies.TryRemove((frame.Kind, step), out var waiting))
                throw new ProtocolException(FaultCode.WrongStep, $"The server sends a {frame.Kind} for pass {step}, which was not requested.");
            _pending.End(step);
            Answers++;
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

    private void Fail(IFrameChannel channel, Exception failure, bool isBroken)
    {
        if (channel == Channel && !MayBeReplaced(failure, isBroken) && _failure is null)
            Abort(failure);
    }

    /// <summary>Whether what ends a connection leaves what waits to the next one.</summary>
    private bool MayBeReplaced(Exception failure, bool isBroken) => _outlives && (isBroken || failure is ProtocolException { IsBusy: true });

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds is >= 0 and < 1e7 ? seconds : 0);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
