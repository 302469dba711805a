using System.Runtime.InteropServices;

namespace FlGlm.Core.Compute;

/// <summary>The C library's loader, for what .NET's own does not offer: resolving every symbol at once, and symbols for all.</summary>
internal static partial class LinuxLoader
{
    private const int ResolveNow = 2;
    private const int NoLoad = 4;
    private const int ForAll = 0x100;

    /// <returns>null, or why the library does not load</returns>
    public static string? Open(string path)
    {
        _ = DlError(); // bound and empty: .NET binds a function at its first call, which would replace the error
        return DlOpen(path, ResolveNow) != 0 ? null : Marshal.PtrToStringUTF8(DlError())?.TrimEnd('.', ' ') ?? "it does not load";
    }

    /// <summary>The symbols of a library that loads answer from now on before those of libraries that are loaded later.</summary>
    public static void OpenForAll(string path) => DlOpen(path, ResolveNow | ForAll);

    /// <param name="name">a library's own name, as others ask for it</param>
    public static bool IsLoaded(string name) => DlOpen(name, ResolveNow | NoLoad) != 0;

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlOpen(string path, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "dlerror")]
    private static partial nint DlError();
}
