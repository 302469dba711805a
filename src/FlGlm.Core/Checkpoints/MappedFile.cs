using System.IO.MemoryMappedFiles;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// A file mapped as read-only memory. The file may be replaced by a rename while it is open, but not rewritten in place. Any thread may
/// close it: the memory stays mapped until the last <see cref="Open"/> is disposed.
/// </summary>
internal sealed class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Maps a whole file.</summary>
    /// <exception cref="CheckpointException">The file is missing, empty or unreadable.</exception>
    public MappedFile(string path)
    {
        Path = path;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Length = stream.Length;
            if (Length == 0)
                throw new CheckpointException(path, $"'{path}' is empty. Copy or download it again.");
            _file = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw e is FileNotFoundException or DirectoryNotFoundException
                ? new CheckpointException(path, $"'{path}' does not exist. Check the path.", inner: e)
                : new CheckpointException(path, $"'{path}' cannot be read: {e.Message}", inner: e);
        }

        RefusePointer();
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>The file's bytes, which stay mapped until the caller disposes the result.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public MappedBytes Open() => new(_view.SafeMemoryMappedViewHandle, Length);

    /// <summary>A copy of some bytes; the caller has checked that they lie in the file.</summary>
    public byte[] Read(long offset, int length)
    {
        using var bytes = Open();
        return bytes.Slice(offset, length).ToArray();
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Refuses a pointer that stands in the place of the file.</summary>
    private void RefusePointer()
    {
        bool isPointer;
        using (var bytes = Open())
            isPointer = Length <= LfsPointer.MostBytes && LfsPointer.Is(bytes.Slice(0, (int)Length));
        if (!isPointer)
            return;
        Dispose();
        throw new CheckpointException(Path, LfsPointer.Message(Path));
    }
}
