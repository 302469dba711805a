using System.IO.MemoryMappedFiles;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>A file mapped as read-only memory. The file may be replaced by a rename while it is open, but not rewritten in place.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

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
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw e is FileNotFoundException or DirectoryNotFoundException
                ? new CheckpointException(path, $"'{path}' does not exist. Check the path.", inner: e)
                : new CheckpointException(path, $"'{path}' cannot be read: {e.Message}", inner: e);
        }
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Bytes of the file; the caller has checked that they lie in it.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
