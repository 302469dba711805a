using System.Threading.Channels;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>
/// Receives a channel's frames as they come, whatever its owner does meanwhile: a fault, a disconnect and a Goodbye are known at once. Up to
/// <see cref="Capacity"/> frames wait to be taken; then it stops receiving until one is.
/// </summary>
internal sealed class FrameInbox : IAsyncDisposable
{
    /// <summary>The most that a side sends without waiting for a reply: the passes of <c>micro_batches</c> in flight, or chunks of an adapter.</summary>
    public const int Capacity = 4;

    private readonly Channel<Frame> _frames = Channel.CreateBounded<Frame>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });

    private readonly CancellationTokenSource _end = new();
    private readonly IFrameChannel _channel;
    private readonly Func<Frame, bool>? _claim;
    private readonly Action<Exception, bool>? _failed;
    private readonly TaskCompletionSource<Exception> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _receiving;

    /// <param name="channel">from now on only this inbox receives from it; the caller disposes it</param>
    /// <param name="claim">takes a frame, and owns it then, before it is put into the inbox</param>
    /// <param name="failed">called once, when no more frames will come, with the reason and whether it is <see cref="IsBroken"/></param>
    public FrameInbox(IFrameChannel channel, Func<Frame, bool>? claim = null, Action<Exception, bool>? failed = null)
    {
        (_channel, _claim, _failed) = (channel, claim, failed);
        _receiving = ReceiveAllAsync();
    }

    /// <summary>Whether frames wait to be taken.</summary>
    public bool HasFrames => _frames.Reader.Count > 0;

    /// <summary>Completes when no more frames will come, with the reason, also while some still wait to be taken.</summary>
    public Task<Exception> Ended => _ended.Task;

    /// <summary>Receiving has ended with a frame that could not be read, or with the connection: a new one may be made.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next frame, which the caller disposes.</summary>
    /// <exception cref="GoodbyeException">The peer has ended the session.</exception>
    /// <exception cref="FlGlmException">The channel has failed.</exception>
    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        try
        {
            return await _frames.Reader.ReadAsync(ct).ConfigureAwait(false);
        }
        catch (ChannelClosedException e) when (e.InnerException is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>A frame that waits to be taken, which the caller disposes; null where none does.</summary>
    public Frame? TryTake() => _frames.Reader.TryRead(out var frame) ? frame : null;

    /// <summary>Completes when a frame can be taken, or none will come.</summary>
    public Task WaitAsync(CancellationToken ct) => _frames.Reader.WaitToReadAsync(ct).AsTask();

    /// <summary>Ends receiving; frames that nobody has taken are dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        while (_frames.Reader.TryRead(out var frame))
            frame.Dispose();
        _end.Dispose();
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            while (true)
                await TakeAsync(await ReceiveNextAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // every exception is passed to the reader
        catch (Exception failure)
        {
            _frames.Writer.TryComplete(failure);
            _ended.TrySetResult(failure);
            _failed?.Invoke(failure, IsBroken);
        }
    }

    private async ValueTask<Frame> ReceiveNextAsync()
    {
        try
        {
            return await _channel.ReceiveAsync(_end.Token).ConfigureAwait(false);
        }
        catch (FlGlmException e) when (e is NetworkException or SealException { IsUnknownIdentity: false } or ProtocolException { FromPeer: false } or ProtocolException { IsBroken: true })
        {
            IsBroken = true;
            throw;
        }
    }

    private async ValueTask TakeAsync(Frame frame)
    {
        if (frame.Kind == FrameKind.Goodbye)
        {
            frame.Dispose();
            throw new GoodbyeException(_channel.Peer);
        }

        if (_claim?.Invoke(frame) == true)
            return;
        try
        {
            await _frames.Writer.WriteAsync(frame, _end.Token).ConfigureAwait(false);
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }
}
