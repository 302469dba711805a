namespace FlGlm.Core.Wire;

/// <summary>How a payload is cut for encryption: pieces small enough to stay in the processor's cache between copy, encryption and sending.</summary>
internal static class Segment
{
    public const int Bytes = 64 * 1024;

    /// <summary>
    /// Segments per flush. A flush may have to wake the receiver, which costs more than encrypting a segment; while one flush is sent and
    /// decrypted, the next segments are encrypted. The first segment is flushed alone, to wake the receiver early.
    /// </summary>
    public const int PerFlush = 8;

    /// <summary>The offsets of the pieces. 64 bits, since the end of the last piece may exceed 31 bits.</summary>
    public static IEnumerable<long> Offsets(long total)
    {
        for (var offset = 0L; offset < total; offset += Bytes)
            yield return offset;
    }

    /// <summary>The length of the piece that begins at <paramref name="offset"/>.</summary>
    public static int LengthAt(long offset, long total) => (int)Math.Min(Bytes, total - offset);

    /// <summary>Whether to flush after the piece that begins at <paramref name="offset"/>.</summary>
    public static bool EndsFlushAt(long offset, long total) => offset == 0 || offset + Bytes >= total || (offset / Bytes) % PerFlush == 0;

    /// <summary>The number of the piece that begins at <paramref name="offset"/>; 0 is the control part.</summary>
    public static uint NumberAt(long offset) => (uint)(1 + (offset / Bytes));
}
