using System.Runtime.InteropServices;

namespace FlGlm.Core.Compute;

/// <summary>The C library's loader, for what .NET's own does not offer: resolving every symbol at once.</summary>
internal static partial class LinuxLoader
{
    /// <returns>null, or why the library does not load</returns>
    public static string? Open(string path, int flags) =>
        DlOpen(path, flags) != 0 ? null : Marshal.PtrToStringUTF8(DlError())?.TrimEnd('.', ' ') ?? "it does not load";

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlOpen(string path, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "dlerror")]
    private static partial nint DlError();
}
