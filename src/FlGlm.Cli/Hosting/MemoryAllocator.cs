using System.Runtime.InteropServices;

namespace FlGlm.Cli.Hosting;

/// <summary>Configures the C library's allocator, which allocates tensors. It affects the whole process, so only the program may call it.</summary>
internal static partial class MemoryAllocator
{
    // glibc, malloc.h
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    /// <summary>
    /// Keeps freed memory for the next step instead of returning it to the kernel, which would cost page faults. Does nothing on other C
    /// libraries than glibc.
    /// </summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            MallOpt(ArenaMax, 1);
            MallOpt(MmapThreshold, 32 << 20);
            MallOpt(TrimThreshold, 512 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
