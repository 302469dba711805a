using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>
/// Frames over any duplex pipe: order, session and direction are checked, faults end it. Unsealed by itself: it carries the handshake
/// and, where both sides typed --insecure, the session; <see cref="Crypto.SealedChannel"/> gives it the keys.
/// </summary>
public sealed class PipeFrameChannel : IFrameChannel
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

    /// <summary>Until <see cref="Open"/>, only what a handshake needs is put up with.</summary>
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
        await _receiving.WaitAsync(ct);
        try
        {
            while (true)
            {
                ThrowIfDead();
                var frame = await ReceiveAnyAsync(ct);
                if (frame.Kind == FrameKind.Fault)
                    throw Fail(FaultOf(frame));
                if (frame.Kind != FrameKind.Ping)
                    return frame;
                frame.Dispose();
            }
        }
        finally
        {
            _receiving.Release();
        }
    }

    /// <summary>Nothing to renew here.</summary>
    public ValueTask RekeyAsync(CancellationToken ct) => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        Fail(new NetworkException($"The connection to {Peer} is closed."));
        _reader.Close();
        _pipe.Output.CancelPendingFlush();
        await _receiving.WaitAsync();
        await _sending.WaitAsync();
        await _pipe.Output.CompleteAsync();
        await _pipe.Input.CompleteAsync();
        _sealer?.Dispose();
        _opener?.Dispose();
        _reader.Dispose();
        _writer.Dispose();
        _receiving.Release();
        _sending.Release();
    }

    /// <summary>Sends a frame under the present key; every later one goes under <paramref name="next"/>, where given.</summary>
    internal async ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, IFrameCipher? next, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            ThrowIfDead();
            var header = new FrameHeader(
                kind, _outward, SessionId, _sent++, SendingEpoch, payload?.Spec ?? default, control.CalculateSize());
            await _writer.WriteAsync(header, control, payload, _sealer, ct);
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

    /// <summary>The handshake is over: from here on the configured limits count.</summary>
    internal void Open(Peer peer, WireSettings limits)
    {
        Peer = peer;
        _reader.Limits = limits;
        _writer.PeerTimeout = TimeSpan.FromSeconds(limits.PeerTimeoutSeconds);
    }

    /// <summary>The next frame opens under this key. For the receiver only.</summary>
    internal void UseOpener(IFrameCipher cipher)
    {
        _opener?.Dispose();
        _opener = cipher;
    }

    /// <summary>Tells the peer what is wrong, as far as it listens, and ends the channel.</summary>
    /// <returns>The failure that ended it: the first one.</returns>
    internal async ValueTask<Exception> FailAsync(FlGlmException failure, Fault? words = null)
    {
        if (_failure is null && failure is not NetworkException)
        {
            using var timeout = new CancellationTokenSource(FaultTimeout);
            try
            {
                await SendAsync(FrameKind.Fault, words ?? Faults.ToMessage(failure), null, timeout.Token);
            }
            catch (Exception e) when (e is FlGlmException or OperationCanceledException)
            {
                // The peer does not listen any more; what is wrong is thrown here all the same.
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
            if (await _reader.ReadHeaderAsync(ct) is not { } header)
                throw new NetworkException($"{Peer} went away without goodbye.");
            begun = true;
            Check(header);
            var frame = await _reader.ReadBodyAsync(header, _opener, ct);
            _received++;
            return frame;
        }
        catch (OperationCanceledException) when (!begun && ct.IsCancellationRequested)
        {
            throw;
        }
        catch (FlGlmException e)
        {
            var failure = await FailAsync(e);
            await _reader.DrainAsync();
            throw failure;
        }
        catch (Exception e)
        {
            throw Gone(e, ct);
        }
    }

    private void Check(FrameHeader header)
    {
        if (header.Direction == _outward)
            throw OutOfOrder("comes from this side");
        if (header.SessionId != SessionId)
            throw OutOfOrder("belongs to another session");
        if (header.Sequence != _received)
            throw OutOfOrder($"has number {header.Sequence} where {_received} was due");
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

    private Exception Fail(Exception failure) => Interlocked.CompareExchange(ref _failure, failure, null) ?? failure;

    private void ThrowIfDead()
    {
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    private static ProtocolException OutOfOrder(string what) =>
        new(FaultCode.OutOfOrder, $"A frame {what}: lost, repeated, or not from the peer. The channel is closed.");
}
