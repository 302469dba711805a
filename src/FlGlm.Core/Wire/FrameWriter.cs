using System.IO.Pipelines;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>
/// Writes frames to a pipe piece by piece: each piece is encrypted from the tensor's memory into the transport's buffer, and a few pieces are
/// sent while the next ones are encrypted. A frame of any size needs no buffer of its own.
/// </summary>
internal sealed class FrameWriter : IDisposable
{
    private readonly PipeWriter _pipe;
    private readonly byte[] _header = new byte[FrameHeader.Size];
    private readonly Timer _timer;
    private volatile bool _late;
    private long _bytes;

    public FrameWriter(PipeWriter pipe)
    {
        _pipe = pipe;
        _timer = new Timer(_ => OnTimeout(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>The longest wait for the peer to read a piece; zero = unlimited.</summary>
    public TimeSpan PeerTimeout { get; set; }

    public long Bytes => Volatile.Read(ref _bytes);

    public void Dispose() => _timer.Dispose();

    public async ValueTask WriteAsync(FrameHeader header, IMessage control, IPayload? payload, IFrameCipher? cipher, CancellationToken ct)
    {
        header.Write(_header);
        var total = header.PayloadLength;
        WriteHead(header, control, cipher);
        foreach (var offset in Segment.Offsets(total))
        {
            WriteSegment(header, payload!, offset, Segment.LengthAt(offset, total), cipher);
            if (Segment.EndsFlushAt(offset, total))
                await FlushAsync(ct).ConfigureAwait(false);
        }
        if (total == 0)
            await FlushAsync(ct).ConfigureAwait(false);
    }

    private void WriteHead(FrameHeader header, IMessage control, IFrameCipher? cipher)
    {
        var tag = cipher is null ? 0 : IFrameCipher.TagBytes;
        var length = FrameHeader.Size + header.ControlLength + tag;
        var span = _pipe.GetSpan(length)[..length];
        _header.CopyTo(span);
        var body = span[FrameHeader.Size..];
        control.WriteTo(body[..header.ControlLength]);
        cipher?.Seal(_header, header.Sequence, 0, body[..header.ControlLength], body);
        Advance(length);
    }

    private void WriteSegment(FrameHeader header, IPayload payload, long offset, int count, IFrameCipher? cipher)
    {
        var length = cipher is null ? count : count + IFrameCipher.TagBytes;
        var span = _pipe.GetSpan(length)[..length];
        var piece = payload.Slice(offset, count);
        if (cipher is null)
            piece.CopyTo(span);
        else
            cipher.Seal(_header, header.Sequence, Segment.NumberAt(offset), piece, span);
        Advance(length);
    }

    private void Advance(int length)
    {
        _pipe.Advance(length);
        Volatile.Write(ref _bytes, _bytes + length);
    }

    private async ValueTask FlushAsync(CancellationToken ct)
    {
        var flush = _pipe.FlushAsync(ct);
        var timed = !flush.IsCompleted && PeerTimeout > TimeSpan.Zero;
        if (timed)
            _timer.Change(PeerTimeout, Timeout.InfiniteTimeSpan);
        var result = await flush.ConfigureAwait(false);
        if (timed)
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
        if (result.IsCompleted)
            throw new IOException("the other end is closed");
        if (result.IsCanceled)
            throw _late ? new TimeoutException($"the peer read nothing for {PeerTimeout.TotalSeconds:0.#} s") : new IOException("closed on this side");
    }

    private void OnTimeout()
    {
        _late = true;
        _pipe.CancelPendingFlush();
    }
}
