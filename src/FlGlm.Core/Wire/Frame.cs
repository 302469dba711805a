using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>A received frame over pooled buffers. Dispose returns them; spans taken from it are dead afterwards.</summary>
public sealed class Frame : IDisposable
{
    private readonly FrameHeader _header;
    private byte[]? _control;
    private byte[]? _payload;

    internal Frame(FrameHeader header, byte[] control, byte[]? payload)
    {
        _header = header;
        _control = control;
        _payload = payload;
    }

    public FrameKind Kind => _header.Kind;

    /// <summary>The payload's dtype and dims; its byte length is the payload's.</summary>
    public TensorForm Form => _header.Form;

    /// <summary>The tensor's bytes, little-endian, row-major; empty where the frame carries none.</summary>
    public ReadOnlySpan<byte> Payload
    {
        get
        {
            ObjectDisposedException.ThrowIf(_control is null, this);
            return _payload.AsSpan(0, (int)_header.PayloadLength);
        }
    }

    /// <summary>The control part as the message it must be.</summary>
    /// <exception cref="ProtocolException">It is not such a message.</exception>
    public T Parse<T>() where T : IMessage, new()
    {
        ObjectDisposedException.ThrowIf(_control is null, this);
        try
        {
            var message = new T();
            message.MergeFrom(_control.AsSpan(0, (int)_header.ControlLength));
            return message;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ProtocolException(FaultCode.Malformed, $"The control part of a {Kind} frame is no {typeof(T).Name}: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        if (_control is null)
            return;
        FrameBuffers.Return(_control);
        if (_payload is not null)
            FrameBuffers.Return(_payload);
        _control = null;
        _payload = null;
    }
}
