using System.Runtime.InteropServices;

namespace FlGlm.Cli.Hosting;

/// <summary>Configures the C library's allocator, which allocates tensors. It affects the whole process, so only the program may call it.</summary>
internal static partial class MemoryAllocator
{
    // glibc, malloc.h
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private static readonly FreedMemory Freed = new();

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

    /// <summary>Returns freed memory after a step where it has become much, so that a process holds about what a step needs: once in many steps.</summary>
    public static void StepEnded()
    {
        if (!OperatingSystem.IsLinux())
            return;
        lock (Freed)
        {
            if (!Freed.IsMuch(Environment.WorkingSet))
                return;
        }

        try
        {
            MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
