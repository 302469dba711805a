using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;

namespace FlGlm.Server.Sessions;

/// <summary>Receives a session's frames, and notices a disconnect while the session waits for something else.</summary>
internal sealed class SessionReceiver(IFrameChannel channel)
{
    private Task<Frame>? _next;

    public SessionState State { get; set; }

    /// <exception cref="GoodbyeException">The peer ends the session.</exception>
    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        var frame = await (Interlocked.Exchange(ref _next, null) ?? channel.ReceiveAsync(ct).AsTask());
        if (frame.Kind != FrameKind.Goodbye)
            return frame;
        frame.Dispose();
        throw new GoodbyeException(channel.Peer);
    }

    /// <summary>The next frame, which must be of this kind.</summary>
    /// <inheritdoc cref="ReceiveUnlessAsync"/>
    public async ValueTask<Frame> ExpectAsync(FrameKind kind, CancellationToken stopping, CancellationToken ct)
    {
        var frame = await ReceiveUnlessAsync(stopping, ct);
        if (frame.Kind == kind)
            return frame;
        using (frame)
            throw Unexpected(frame);
    }

    /// <summary>The next frame, unless <paramref name="stopping"/> is cancelled first.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled first.</exception>
    public async ValueTask<Frame> ReceiveUnlessAsync(CancellationToken stopping, CancellationToken ct)
    {
        stopping.ThrowIfCancellationRequested();
        _next ??= channel.ReceiveAsync(ct).AsTask();
        await Task.WhenAny(_next).WaitAsync(stopping);
        return await ReceiveAsync(ct);
    }

    /// <summary>Waits for <paramref name="work"/>. A disconnect, a Goodbye or any other frame of the peer ends the wait with an exception.</summary>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken stopping, CancellationToken ct)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, ct);
        _next ??= channel.ReceiveAsync(ct).AsTask();
        var working = work(linked.Token);
        if (await Task.WhenAny(working, _next) == working)
            return await working;
        await linked.CancelAsync();
        await Task.WhenAny(working);
        using var frame = await ReceiveAsync(ct);
        throw Unexpected(frame);
    }

    public ProtocolException Unexpected(Frame frame) =>
        new(FaultCode.Unexpected, $"A {frame.Kind} frame is not allowed in a session that is {Describe(State)}.");

    private static string Describe(SessionState state) => state switch
    {
        SessionState.Connected => "not joined yet",
        SessionState.Planned => "comparing plans",
        SessionState.Waiting => "waiting for its turn",
        SessionState.Generating => "generating",
        SessionState.InTurn => "in its turn",
        SessionState.BetweenRounds => "between rounds",
        _ => "finished",
    };
}
