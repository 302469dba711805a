using System.Buffers;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>
/// A received frame: its control part in a pooled buffer, its tensor decrypted directly into libtorch's memory. Dispose releases both;
/// spans taken from it must not be used afterwards.
/// </summary>
internal sealed class Frame : IDisposable
{
    private readonly FrameHeader _header;
    private byte[]? _control;
    private Tensor? _payload;
    private bool _disposed;

    internal Frame(FrameHeader header) => _header = header;

    public FrameKind Kind => _header.Kind;

    /// <summary>The payload's dtype and dims; their product is its exact size in bytes.</summary>
    public PayloadSpec Spec => _header.Spec;

    /// <summary>The tensor's bytes, little-endian, row-major; empty where the frame carries none.</summary>
    public ReadOnlySpan<byte> Payload
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _payload is null ? [] : _payload.bytes;
        }
    }

    /// <summary>Whether the payload is free of NaN and infinity.</summary>
    public bool IsFinite { get; private set; } = true;

    private ReadOnlySpan<byte> Control => _control.AsSpan(0, _header.ControlLength);

    /// <summary>Parses the control part as a message of this type.</summary>
    /// <exception cref="ProtocolException">It is no such message.</exception>
    public T Parse<T>() where T : IMessage, new()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            var message = new T();
            message.MergeFrom(Control);
            return message;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ProtocolException(FaultCode.Malformed, $"The control part of a {Kind} frame is no {typeof(T).Name}: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_control is not null)
            ArrayPool<byte>.Shared.Return(_control);
        _payload?.Dispose();
    }

    /// <summary>The frame's tensor, on the CPU; from now on the caller disposes it.</summary>
    /// <exception cref="ProtocolException">The frame carries none.</exception>
    public Tensor TakeTensor()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var tensor = _payload ?? throw new ProtocolException(FaultCode.WrongShape, $"A {Kind} frame came without its tensor.");
        _payload = null;
        return tensor;
    }

    /// <summary>The buffer for the control part.</summary>
    internal Memory<byte> RentControl()
    {
        if (_header.ControlLength > 0)
            _control = ArrayPool<byte>.Shared.Rent(_header.ControlLength);
        return _control.AsMemory(0, _header.ControlLength);
    }

    /// <summary>Checks a piece of the payload for NaN and infinity just after it was received, while the processor's cache still holds it.</summary>
    internal void CheckFinite(ReadOnlySpan<byte> piece) => IsFinite &= Finite.All(Spec.Element, piece);

    /// <summary>The buffer for the payload; allocated only after the control part has authenticated the header.</summary>
    internal Memory<byte> RentPayload()
    {
        if (_header.PayloadLength == 0)
            return default;
        _payload = empty(Spec.Dims(), dtype: Spec.Element!.Value.ToScalarType());
        return new TensorMemory(_payload).Memory;
    }
}
