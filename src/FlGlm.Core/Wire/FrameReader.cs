using System.Buffers;
using System.IO.Pipelines;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>
/// Reads frames from a pipe. The header is checked before anything is allocated, the control part authenticates the header (its associated
/// data) before the payload's buffer is rented, and each segment is decrypted from the transport's buffer directly into that one.
/// </summary>
internal sealed class FrameReader(PipeReader pipe) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(2);
    private readonly byte[] _header = new byte[FrameHeader.Size];
    private readonly TimedPipeReader _read = new(pipe);
    private WireSettings _limits = WireSettings.BeforeHandshake;
    private long _bytes;

    /// <summary>The limits and the time-out for all later frames.</summary>
    public WireSettings Limits
    {
        set
        {
            _limits = value;
            _read.PeerTimeout = TimeSpan.FromSeconds(value.PeerTimeoutSeconds);
        }
    }

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The next header. Cancellation, or the end of the stream, consumes no part of a header.</summary>
    /// <returns>Null where the stream ends between two frames.</returns>
    public async ValueTask<FrameHeader?> ReadHeaderAsync(CancellationToken ct)
    {
        while (true)
        {
            var result = await _read.ReadAsync(ct).ConfigureAwait(false);
            var buffer = result.Buffer;
            var rest = buffer;
            FrameHeader header;
            bool complete;
            try
            {
                complete = FrameHeader.TryRead(ref rest, _limits, out header);
            }
            catch (ProtocolException)
            {
                pipe.AdvanceTo(buffer.Start);
                throw;
            }
            if (!complete)
            {
                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (!result.IsCompleted)
                    continue;
                return buffer.IsEmpty ? null : throw Truncated();
            }
            buffer.Slice(0, FrameHeader.Size).CopyTo(_header);
            Advance(rest.Start, FrameHeader.Size);
            return header;
        }
    }

    /// <summary>The rest of the frame whose header was just read.</summary>
    public async ValueTask<Frame> ReadBodyAsync(FrameHeader header, IFrameCipher? cipher, CancellationToken ct)
    {
        var frame = new Frame(header);
        try
        {
            await ReadPieceAsync(header, 0, frame.RentControl(), cipher, ct).ConfigureAwait(false);
            var payload = frame.RentPayload();
            foreach (var offset in Segment.Offsets(payload.Length))
            {
                var piece = payload.Slice((int)offset, Segment.LengthAt(offset, payload.Length));
                await ReadPieceAsync(header, Segment.NumberAt(offset), piece, cipher, ct).ConfigureAwait(false);
                frame.CheckFinite(piece.Span);
            }
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    /// <summary>
    /// After an error: discards input until 200 ms of silence (2 s at most). Closing with unread bytes would reset the connection, and
    /// the peer would lose our Fault frame.
    /// </summary>
    public async ValueTask DrainAsync()
    {
        var end = Environment.TickCount64 + (long)LongestDrain.TotalMilliseconds;
        using var pause = new CancellationTokenSource();
        try
        {
            while (!_read.Ended && Environment.TickCount64 < end)
            {
                pause.CancelAfter(Pause);
                var result = await _read.ReadAsync(pause.Token).ConfigureAwait(false);
                pipe.AdvanceTo(result.Buffer.End);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or TimeoutException)
        {
            // Silence, or the connection is closed.
        }
    }

    /// <summary>Makes the pending read and all later ones fail.</summary>
    public void Close() => _read.Close();

    public void Dispose() => _read.Dispose();

    private async ValueTask ReadPieceAsync(FrameHeader header, uint number, Memory<byte> destination, IFrameCipher? cipher, CancellationToken ct)
    {
        var length = cipher is null ? destination.Length : destination.Length + IFrameCipher.TagBytes;
        if (length == 0)
            return;
        while (true)
        {
            var result = await _read.ReadAsync(ct).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.Length >= length)
            {
                var piece = buffer.Slice(0, length);
                try
                {
                    TakePiece(header, number, piece, destination.Span, cipher);
                }
                finally
                {
                    Advance(piece.End, length);
                }
                return;
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                throw Truncated();
        }
    }

    private void TakePiece(FrameHeader header, uint number, ReadOnlySequence<byte> piece, Span<byte> destination, IFrameCipher? cipher)
    {
        if (cipher is null)
        {
            piece.CopyTo(destination);
        }
        else if (piece.IsSingleSegment)
        {
            cipher.Open(_header, header.Sequence, number, piece.FirstSpan, destination);
        }
        else
        {
            var joined = ArrayPool<byte>.Shared.Rent((int)piece.Length);
            piece.CopyTo(joined);
            cipher.Open(_header, header.Sequence, number, joined.AsSpan(0, (int)piece.Length), destination);
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    private void Advance(SequencePosition position, int length)
    {
        pipe.AdvanceTo(position);
        Volatile.Write(ref _bytes, _bytes + length);
    }

    private static ProtocolException Truncated() =>
        new(FaultCode.Truncated, "The connection ended inside a frame.");
}
