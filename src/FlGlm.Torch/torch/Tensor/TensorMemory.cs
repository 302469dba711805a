namespace TorchSharp;

/// <summary>
/// What tensors hold of memory that the garbage collector does not see. A training step makes and disposes of hundreds of them, so telling the
/// collector about each has it collect many times a step and find nothing. It is asked only when more is held than ever before.
/// </summary>
internal static class TensorMemory
{
    private const long FirstMark = 256L << 20;

    private static long held;
    private static long mark = FirstMark;

    public static void Add(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) > Interlocked.Read(ref mark))
            Collect();
    }

    public static void Remove(long bytes) => Interlocked.Add(ref held, -bytes);

    /// <summary>Finalizers free what nobody holds any more; as much again may come before the next time.</summary>
    private static void Collect()
    {
        if (Interlocked.Exchange(ref mark, long.MaxValue) == long.MaxValue)
            return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Interlocked.Exchange(ref mark, Math.Max(FirstMark, 2 * Interlocked.Read(ref held)));
    }
}
