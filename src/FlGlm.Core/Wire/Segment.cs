namespace FlGlm.Core.Wire;

/// <summary>How a payload is cut for sealing: pieces small enough to stay in the processor's cache between copy, seal and send.</summary>
internal static class Segment
{
    public const int Bytes = 64 * 1024;

    /// <summary>
    /// Segments that leave together: every departure may have to wake the receiver, which costs more than sealing a segment; and while
    /// these are sent and opened, the next are sealed. The first leaves alone, to wake the receiver early.
    /// </summary>
    public const int PerFlush = 8;

    /// <summary>Where the pieces begin. Counted in 64 bits: the end of the last one may lie beyond 31.</summary>
    public static IEnumerable<long> Offsets(long total)
    {
        for (var offset = 0L; offset < total; offset += Bytes)
            yield return offset;
    }

    /// <summary>The length of the piece that begins at <paramref name="offset"/>.</summary>
    public static int LengthAt(long offset, long total) => (int)Math.Min(Bytes, total - offset);

    /// <summary>Whether a flush is due behind the piece that begins at <paramref name="offset"/>.</summary>
    public static bool EndsFlushAt(long offset, long total) => offset == 0 || offset + Bytes >= total || (offset / Bytes) % PerFlush == 0;

    /// <summary>The number of the piece that begins at <paramref name="offset"/>; 0 is the control part.</summary>
    public static uint NumberAt(long offset) => (uint)(1 + (offset / Bytes));
}
