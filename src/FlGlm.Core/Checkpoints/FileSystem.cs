using System.Runtime.InteropServices;

namespace FlGlm.Core.Checkpoints;

/// <summary>What .NET's file functions lack: flushing a directory, exchanging two paths, hard links. On other systems than Linux they do nothing.</summary>
internal static partial class FileSystem
{
    // fcntl.h, linux/fs.h
    private const int CurrentDirectory = -100;
    private const int CloseOnExec = 0x80000;
    private const uint Exchange = 2;

    /// <summary>Flushes the names in a directory to the disk: without it a rename may be lost in a crash. Errors are ignored, as some file systems refuse it.</summary>
    public static void FlushDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = Open(path, CloseOnExec);
        if (descriptor < 0)
            return;
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    /// <summary>Exchanges two existing paths of one file system in one step.</summary>
    /// <returns>false where the system or the file system cannot do so; nothing has happened then</returns>
    public static bool TryExchange(string one, string other)
    {
        try
        {
            return OperatingSystem.IsLinux() && RenameAt2(CurrentDirectory, one, CurrentDirectory, other, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // a C library without it
        }
    }

    /// <summary>Gives a file a second name.</summary>
    /// <returns>false where the system or the file system cannot do so</returns>
    public static bool TryLink(string existing, string added) => OperatingSystem.IsLinux() && Link(existing, added) == 0;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int oneFolder, string one, int otherFolder, string other, uint flags);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);
}
