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
    public static void KeepFreedMemory() => OnGlibc(() =>
    {
        MallOpt(ArenaMax, 1);
        MallOpt(MmapThreshold, 32 << 20);
        MallOpt(TrimThreshold, 512 << 20);
    });

    /// <summary>Returns freed memory to the kernel where it has become much, once in many steps, so that a process holds about what a step needs. Call after each.</summary>
    public static void StepEnded() => OnGlibc(() =>
    {
        lock (Freed)
        {
            if (Freed.IsMuch(Environment.WorkingSet))
                MallocTrim(0);
        }
    });

    private static void OnGlibc(Action call)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            call();
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
