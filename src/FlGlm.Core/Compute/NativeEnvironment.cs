using System.Runtime.InteropServices;

namespace FlGlm.Core.Compute;

/// <summary>The C library's environment and allocator: what native libraries use. .NET's own setter does not reach them.</summary>
internal static partial class NativeEnvironment
{
    // glibc, malloc.h
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    public static string? Get(string name) => Marshal.PtrToStringUTF8(GetEnv(name));

    public static void Set(string name, string value)
    {
        if (SetEnv(name, value, 1) != 0)
            throw new InvalidOperationException($"The environment variable {name} could not be set.");
    }

    /// <summary>
    /// Keeps freed memory for the next step instead of handing it back to the kernel and faulting it in again. Does nothing on other C
    /// libraries.
    /// </summary>
    public static void KeepFreedMemory()
    {
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

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnv(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
