using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>Writes files atomically: complete or not at all, also after a crash.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to a temporary file beside the target, flushes it to the disk, renames it over the target and flushes the folder.</summary>
    /// <param name="path">The file to create or replace. A missing directory is created.</param>
    /// <param name="write">Writes the contents. If it throws, the target is unchanged and the temporary file is deleted.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = System.IO.Path.GetFullPath(path);
        var directory = System.IO.Path.GetDirectoryName(full)!;
        var temporary = System.IO.Path.Combine(directory, $".{System.IO.Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        Guard(path, () =>
        {
            Directory.CreateDirectory(directory);
            try
            {
                using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(temporary, full, overwrite: true);
                FileSystem.FlushDirectory(directory);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }

    /// <summary>Turns an error of the file system into a <see cref="CheckpointException"/>.</summary>
    internal static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be written: {e.Message}", inner: e);
        }
    }
}
