using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// Writes directories of several files atomically: a reader, and a crash at any moment, finds the whole old version or the whole new one.
/// </summary>
internal static class AtomicDirectory
{
    private const string Unfinished = ".tmp";
    private const string Replaced = ".old";

    /// <summary>
    /// Fills a temporary directory beside the target, flushes it to the disk, and swaps the two. Files of an existing directory that
    /// <paramref name="fill"/> leaves alone are in the new version too. A crash may leave a hidden directory <c>.NAME.*</c> beside it.
    /// </summary>
    /// <param name="path">The directory to create or to add files to.</param>
    /// <param name="fill">Changes the files of the given directory, with <see cref="AtomicFile"/>, so that files of the old version stay as they are.</param>
    public static void Write(string path, Action<string> fill) => Write(path, fill, canExchange: true, afterStep: null);

    /// <inheritdoc cref="Write(string, Action{string})"/>
    /// <param name="canExchange">False where the system cannot exchange two directories in one step: two renames do it then.</param>
    /// <param name="afterStep">Called after every step that changes something on the disk.</param>
    internal static void Write(string path, Action<string> fill, bool canExchange, Action? afterStep)
    {
        var full = FullPath(path);
        AtomicFile.Guard(path, () =>
        {
            Recover(full);
            if (Directory.Exists(full) && !CanReplace(full))
                fill(full);
            else
                Replace(full, fill, canExchange, afterStep);
        });
    }

    /// <summary>
    /// Completes what a crash interrupted: where two renames were needed, the directory may be missing and its old version lie beside it.
    /// Called before a directory is read or written.
    /// </summary>
    public static void Recover(string path)
    {
        var full = FullPath(path);
        var (parent, name) = (Path.GetDirectoryName(full), Path.GetFileName(full));
        if (Directory.Exists(full) || !Directory.Exists(parent))
            return;
        var old = new DirectoryInfo(parent).EnumerateDirectories($".{name}.*{Replaced}").MaxBy(directory => directory.LastWriteTimeUtc);
        old?.MoveTo(full);
    }

    /// <summary>Reads several files of one version: again from the start where another process has replaced the directory meanwhile.</summary>
    /// <param name="read">Reads the directory's files.</param>
    public static T Read<T>(string path, Func<T> read)
    {
        while (true)
        {
            Recover(path);
            var version = Version(path);
            try
            {
                var content = read();
                if (Version(path) == version)
                    return content;
            }
            catch (CheckpointException) when (Version(path) != version)
            {
                // A file of the old version is gone.
            }
        }
    }

    /// <summary>Another one after every <see cref="Write(string, Action{string})"/>.</summary>
    private static (DateTime, DateTime) Version(string path) => (Directory.GetCreationTimeUtc(path), Directory.GetLastWriteTimeUtc(path));

    private static void Replace(string full, Action<string> fill, bool canExchange, Action? afterStep)
    {
        var hidden = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        var temporary = hidden + Unfinished;
        try
        {
            Directory.CreateDirectory(temporary);
            if (Directory.Exists(full))
                CopyEntries(new DirectoryInfo(full), temporary);
            afterStep?.Invoke();
            fill(temporary);
            Flush(temporary);
            afterStep?.Invoke();
            Swap(full, temporary, hidden + Replaced, canExchange, afterStep);
        }
        finally
        {
            Delete(temporary);
            Delete(hidden + Replaced);
        }
    }

    /// <summary>Afterwards the new version has the target's name, and the old one, where there was one, the temporary name or <paramref name="old"/>.</summary>
    private static void Swap(string full, string temporary, string old, bool canExchange, Action? afterStep)
    {
        if (!Directory.Exists(full))
        {
            Directory.Move(temporary, full);
        }
        else if (!canExchange || !FileSystem.TryExchange(temporary, full))
        {
            Directory.Move(full, old);
            afterStep?.Invoke();
            MoveOrRestore(temporary, full, old);
        }

        FileSystem.FlushDirectory(Path.GetDirectoryName(full)!);
        afterStep?.Invoke();
    }

    private static void MoveOrRestore(string temporary, string full, string old)
    {
        try
        {
            Directory.Move(temporary, full);
        }
        catch
        {
            if (!Directory.Exists(full))
                Directory.Move(old, full);
            throw;
        }
    }

    /// <summary>
    /// Whether the directory may get another inode: not where this process works in it, or where nothing can be made beside it. Its files are
    /// replaced one by one then.
    /// </summary>
    private static bool CanReplace(string full)
    {
        if (Path.GetDirectoryName(full) is not { } parent || (Environment.CurrentDirectory + Path.DirectorySeparatorChar).StartsWith(full + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return false;
        try
        {
            var probe = Path.Combine(parent, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}{Unfinished}");
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Gives the new version the files of the old one: hard links, or copies where links are impossible, and the same permissions.</summary>
    private static void CopyEntries(DirectoryInfo from, string to)
    {
        foreach (var entry in from.EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo directory)
                CopyEntries(directory, Directory.CreateDirectory(target).FullName);
            else if (!FileSystem.TryLink(entry.FullName, target))
                File.Copy(entry.FullName, target);
        }

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(to, from.UnixFileMode);
    }

    /// <summary>Flushes the names in a directory and in those below it; <see cref="AtomicFile"/> has flushed the files.</summary>
    private static void Flush(string directory)
    {
        foreach (var below in Directory.EnumerateDirectories(directory))
            Flush(below);
        FileSystem.FlushDirectory(directory);
    }

    /// <summary>What cannot be deleted stays: the new version is complete, or an exception is on its way.</summary>
    private static void Delete(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A hidden directory stays behind.
        }
    }

    /// <summary>Without a separator at its end; of a symbolic link, the directory that it names.</summary>
    private static string FullPath(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Directory.Exists(full) ? Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }
}
