namespace FlGlm.Core.Wire;

/// <summary>Buffers of received frames, reused from frame to frame: a few are kept, the others are left to the collector.</summary>
internal static class FrameBuffers
{
    private const int Granule = 64 * 1024;
    private const int Kept = 8;
    private static readonly Lock Gate = new();
    private static readonly List<byte[]> Free = new(Kept);

    /// <summary>A buffer of at least <paramref name="length"/> bytes, not cleared.</summary>
    public static byte[] Rent(int length)
    {
        lock (Gate)
        {
            for (var i = Free.Count - 1; i >= 0; i--)
            {
                var buffer = Free[i];
                if (buffer.Length < length || buffer.Length / 2 > Math.Max(length, Granule))
                    continue;
                Free.RemoveAt(i);
                return buffer;
            }
        }
        var rounded = Math.Min(((long)length + Granule - 1) / Granule * Granule, Array.MaxLength);
        return GC.AllocateUninitializedArray<byte>((int)rounded);
    }

    /// <summary>Takes a buffer back; the one unused for longest makes room.</summary>
    public static void Return(byte[] buffer)
    {
        lock (Gate)
        {
            if (Free.Count == Kept)
                Free.RemoveAt(0);
            Free.Add(buffer);
        }
    }
}
