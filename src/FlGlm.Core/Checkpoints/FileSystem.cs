using System.Runtime.InteropServices;

namespace FlGlm.Core.Checkpoints;

/// <summary>What .NET's file functions lack: flushing a directory, exchanging two paths, hard links, inodes. On other systems than Linux they do nothing.</summary>
internal static partial class FileSystem
{
    // fcntl.h, linux/fs.h
    private const int CurrentDirectory = -100;
    private const int CloseOnExec = 0x80000;
    private const uint Exchange = 2;

    // linux/stat.h: STATX_BASIC_STATS, and where struct statx has its fields, the same on every processor
    private const uint BasicStatistics = 0x7FF;
    private const int StatisticsBytes = 256;
    private const int InodeAt = 32;
    private const int SizeAt = 40;
    private const int ChangedAt = 112;

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

    /// <summary>Which version of a file this is; a symbolic link's is that of the file it names.</summary>
    /// <returns>null where there is none, or the system cannot tell</returns>
    public static FileVersion? VersionOf(string path)
    {
        try
        {
            Span<byte> statistics = stackalloc byte[StatisticsBytes];
            if (!OperatingSystem.IsLinux() || Statx(CurrentDirectory, path, 0, BasicStatistics, statistics) != 0)
                return null;
            var (seconds, nanoseconds) = (BitConverter.ToInt64(statistics[ChangedAt..]), BitConverter.ToUInt32(statistics[(ChangedAt + sizeof(long))..]));
            return new FileVersion(BitConverter.ToInt64(statistics[SizeAt..]), (seconds * 1_000_000_000) + nanoseconds, BitConverter.ToUInt64(statistics[InodeAt..]));
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library without it
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> statistics);

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
