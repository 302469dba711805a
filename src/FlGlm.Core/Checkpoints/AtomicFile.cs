using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>Files that appear whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary file beside the target, flushes it to the disk and renames it over the target.</summary>
    /// <param name="path">The file to make or replace. Its directory is made where it is missing.</param>
    /// <param name="write">Writes the contents. Where it throws, the target stays as it was and nothing is left behind.</param>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
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
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }

    /// <summary>Turns the file system's refusals into the user's error.</summary>
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
