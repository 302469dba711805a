using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>
/// Frames over any duplex pipe. Checks order, session and direction; any violation ends the channel. Without keys it sends frames unsealed:
/// the handshake and, where both sides run with --insecure, the session. <c>SealedChannel</c> sets the keys.
/// </summary>
internal sealed class PipeFrameChannel : IFrameChannel
{
    private static readonly TimeSpan FaultTimeout = TimeSpan.FromSeconds(1);
    private readonly IDuplexPipe _pipe;
    private readonly FrameDirection _outward;
    private readonly FrameWriter _writer;
    private readonly FrameReader _reader;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _receiving = new(1, 1);
    private IFrameCipher? _sealer;
    private IFrameCipher? _opener;
    private ulong _sent;
    private ulong _received;
    private Exception? _failure;
    private bool _disposed;
    private int _answering;

    /// <summary>True with the next frame, false with a failure.</summary>
    private volatile TaskCompletionSource<bool>? _heard;

    /// <summary>Until <see cref="Open"/>, only frames as small as those of a handshake are accepted.</summary>
    internal PipeFrameChannel(IDuplexPipe pipe, FrameDirection outward, string address)
    {
        _pipe = pipe;
        _outward = outward;
        _writer = new FrameWriter(pipe.Output);
        _reader = new FrameReader(pipe.Input);
        Peer = new Peer("", null, address);
    }

    public Peer Peer { get; private set; }

    public bool Sealed => false;

    public long BytesSent => _writer.Bytes;

    public long BytesReceived => _reader.Bytes;

    internal Guid SessionId { get; set; }

    /// <summary>The key period of what this side sends; 0 = not sealed.</summary>
    internal uint SendingEpoch => _sealer?.Epoch ?? 0;

    public ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct) =>
        SendAsync(kind, control, payload, null, ct);

    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        await _receiving.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            while (true)
            {
                ThrowIfDead();
                var frame = await ReceiveAnyAsync(ct).ConfigureAwait(false);
                if (frame.Kind == FrameKind.Fault)
                    throw Fail(FaultOf(frame));
                if (frame.Kind is not (FrameKind.Ping or FrameKind.Pong))
                    return frame;
                using (frame)
                    Answer(frame);
            }
        }
        finally
        {
            _receiving.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> IsAliveAsync(TimeSpan patience)
    {
        var heard = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _heard = heard;
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await _sending.WaitAsync(timeout.Token).ConfigureAwait(false);
            _sending.Release();
            await SendAsync(FrameKind.Ping, new Ping { Echo = true }, null, CancellationToken.None).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false);
            return await heard.Task.WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            return heard.Task is { IsCompleted: true, Result: true };
        }
    }

    /// <summary>Does nothing: this channel has no keys to renew.</summary>
    public ValueTask<bool> RekeyAsync(CancellationToken ct) => ValueTask.FromResult(false);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        Fail(new NetworkException($"The connection to {Peer} is closed."));
        _reader.Close();
        _pipe.Output.CancelPendingFlush();
        await _receiving.WaitAsync().ConfigureAwait(false);
        await _sending.WaitAsync().ConfigureAwait(false);
        await _pipe.Output.CompleteAsync().ConfigureAwait(false);
        await _pipe.Input.CompleteAsync().ConfigureAwait(false);
        _sealer?.Dispose();
        _opener?.Dispose();
        _reader.Dispose();
        _writer.Dispose();
        _receiving.Release();
        _sending.Release();
    }

    /// <summary>Sends a frame under the current key; all later ones use <paramref name="next"/>, where given.</summary>
    internal async ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, IFrameCipher? next, CancellationToken ct)
    {
        await _sending.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            ThrowIfDead();
            var header = new FrameHeader(
                kind, _outward, SessionId, _sent++, SendingEpoch, payload?.Spec ?? default, control.CalculateSize());
            await _writer.WriteAsync(header, control, payload, _sealer, ct).ConfigureAwait(false);
            if (next is not null)
                UseSealer(next);
        }
        catch (Exception e) when (e is not FlGlmException)
        {
            throw Gone(e, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Called after the handshake: from now on the configured limits apply.</summary>
    internal void Open(Peer peer, WireSettings limits)
    {
        Peer = peer;
        _reader.Limits = limits;
        _writer.PeerTimeout = TimeSpan.FromSeconds(limits.PeerTimeoutSeconds);
    }

    /// <summary>The next frame is decrypted with this key. Only the receiving side may call it.</summary>
    internal void UseOpener(IFrameCipher cipher)
    {
        _opener?.Dispose();
        _opener = cipher;
    }

    /// <summary>Sends the peer a Fault frame, if the connection still works, and ends the channel.</summary>
    /// <returns>The failure that ended it: the first one.</returns>
    internal async ValueTask<Exception> FailAsync(FlGlmException failure, Fault? words = null)
    {
        if (_failure is null && failure is not NetworkException)
        {
            using var timeout = new CancellationTokenSource(FaultTimeout);
            try
            {
                await SendAsync(FrameKind.Fault, words ?? Faults.ToMessage(failure), null, timeout.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FlGlmException or OperationCanceledException)
            {
                // The peer no longer reads; the failure is thrown here in any case.
            }
        }
        return Fail(failure);
    }

    private void UseSealer(IFrameCipher cipher)
    {
        _sealer?.Dispose();
        _sealer = cipher;
    }

    private async ValueTask<Frame> ReceiveAnyAsync(CancellationToken ct)
    {
        var begun = false;
        try
        {
            if (await _reader.ReadHeaderAsync(ct).ConfigureAwait(false) is not { } header)
                throw new NetworkException($"{Peer} closed the connection without a Goodbye.");
            begun = true;
            Check(header);
            var frame = await _reader.ReadBodyAsync(header, _opener, ct).ConfigureAwait(false);
            _received++;
            _heard?.TrySetResult(true);
            return frame;
        }
        catch (OperationCanceledException) when (!begun && ct.IsCancellationRequested)
        {
            throw;
        }
        catch (FlGlmException e)
        {
            var words = Faults.ToMessage(e);
            words.Broken = true;
            var failure = await FailAsync(e, words).ConfigureAwait(false);
            await _reader.DrainAsync().ConfigureAwait(false);
            throw failure;
        }
        catch (Exception e)
        {
            throw Gone(e, ct);
        }
    }

    /// <summary>Sends a Pong where a Ping asks for it, without keeping the receiver waiting; one at a time.</summary>
    private void Answer(Frame frame)
    {
        if (frame.Kind == FrameKind.Ping && frame.Parse<Ping>().Echo && Interlocked.Exchange(ref _answering, 1) == 0)
            _ = PongAsync();
    }

    private async Task PongAsync()
    {
        try
        {
            await SendAsync(FrameKind.Pong, new Pong(), null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (FlGlmException)
        {
            // The channel has failed, and its receiver gets the exception.
        }
        finally
        {
            Volatile.Write(ref _answering, 0);
        }
    }

    private void Check(FrameHeader header)
    {
        if (header.Direction == _outward)
            throw OutOfOrder("comes from this side");
        if (header.SessionId != SessionId)
            throw OutOfOrder("belongs to another session");
        if (header.Sequence != _received)
            throw OutOfOrder($"has number {header.Sequence} where {_received} was expected");
        if (header.Epoch != (_opener?.Epoch ?? 0))
            throw OutOfOrder($"is of key period {header.Epoch}, not {_opener?.Epoch ?? 0}");
    }

    private FlGlmException FaultOf(Frame frame)
    {
        using (frame)
            return Faults.FromMessage(frame.Parse<Fault>(), Peer);
    }

    private Exception Gone(Exception cause, CancellationToken ct)
    {
        var failure = Fail(new NetworkException($"The connection to {Peer} broke: {cause.Message}", cause));
        return cause is OperationCanceledException && ct.IsCancellationRequested ? cause : failure;
    }

    private Exception Fail(Exception failure)
    {
        var first = Interlocked.CompareExchange(ref _failure, failure, null) ?? failure;
        _heard?.TrySetResult(false);
        return first;
    }

    private void ThrowIfDead()
    {
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    private static ProtocolException OutOfOrder(string what) =>
        new(FaultCode.OutOfOrder, $"A frame {what}: lost, repeated, or not from the peer. The channel is closed.");
}
