using System.Runtime.InteropServices;

namespace FlGlm.Benchmarks.Processes;

/// <summary>The heap of this process from which the C library allocates tensors (glibc).</summary>
internal static partial class NativeHeap
{
    /// <summary>Bytes in use now, without what was freed and kept; tensors that nobody holds any more are collected before.</summary>
    /// <returns>null on other C libraries than glibc 2.33 and later</returns>
    public static long? InUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        try
        {
            var heap = MallInfo2();
            return (long)(heap.UsedInHeap + heap.Mapped);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial HeapInfo MallInfo2();

    /// <summary>glibc's <c>struct mallinfo2</c>, field by field.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct HeapInfo(
        nuint Heap, nuint FreeChunks, nuint FastChunks, nuint MappedRegions, nuint Mapped, nuint Unused, nuint FastFree, nuint UsedInHeap, nuint Free, nuint Top);
}
