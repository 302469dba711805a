using System.Buffers;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>A received frame over pooled buffers. Dispose returns them; spans taken from it are dead afterwards.</summary>
public sealed class Frame : IDisposable
{
    private readonly FrameHeader _header;
    private byte[]? _control;
    private byte[]? _payload;
    private bool _disposed;

    internal Frame(FrameHeader header) => _header = header;

    public FrameKind Kind => _header.Kind;

    /// <summary>The payload's dtype and dims; they account for every byte of it.</summary>
    public TensorForm Form => _header.Form;

    /// <summary>The tensor's bytes, little-endian, row-major; empty where the frame carries none.</summary>
    public ReadOnlySpan<byte> Payload
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _payload.AsSpan(0, (int)_header.PayloadLength);
        }
    }

    private ReadOnlySpan<byte> Control => _control.AsSpan(0, _header.ControlLength);

    /// <summary>The control part as the message it must be.</summary>
    /// <exception cref="ProtocolException">It is not such a message.</exception>
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
        if (_payload is not null)
            FrameBuffers.Return(_payload);
    }

    /// <summary>Where the control part goes.</summary>
    internal Memory<byte> RentControl()
    {
        if (_header.ControlLength > 0)
            _control = ArrayPool<byte>.Shared.Rent(_header.ControlLength);
        return _control.AsMemory(0, _header.ControlLength);
    }

    /// <summary>Where the payload goes; asked for only when the header is proved.</summary>
    internal Memory<byte> RentPayload()
    {
        var length = (int)_header.PayloadLength;
        if (length > 0)
            _payload = FrameBuffers.Rent(length);
        return _payload.AsMemory(0, length);
    }
}
