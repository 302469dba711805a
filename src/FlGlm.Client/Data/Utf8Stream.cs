namespace FlGlm.Client.Data;

/// <summary>A text file's bytes for readers that take a stream.</summary>
internal sealed class Utf8Stream(Utf8Buffer text) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (text.Unread.IsEmpty && text.ReadMore())
        {
            // A piece may hold no whole character.
        }

        var read = Math.Min(buffer.Length, text.Unread.Length);
        text.Unread.Span[..read].CopyTo(buffer);
        text.Advance(read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
