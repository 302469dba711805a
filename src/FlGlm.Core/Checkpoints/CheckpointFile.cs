using System.IO.MemoryMappedFiles;
using FlGlm.Core.Configuration;
using Microsoft.Win32.SafeHandles;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// A file of a checkpoint, open for reading by several threads. Its bytes are copied and not mapped: mapped pages count as memory of this
/// process, and a mapped file that becomes shorter ends it. The file may be replaced by a rename while it is open. Any thread may close it.
/// </summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly Lazy<MemoryMappedViewAccessor> _view;

    /// <summary>Opens a file.</summary>
    /// <exception cref="CheckpointException">The file is missing, empty or unreadable, or a pointer that stands in its place.</exception>
    public CheckpointFile(string path)
    {
        Path = path;
        _view = new Lazy<MemoryMappedViewAccessor>(View);
        try
        {
            _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw e is FileNotFoundException or DirectoryNotFoundException
                ? new CheckpointException(path, $"'{path}' does not exist. Check the path.", inner: e)
                : Unreadable(e);
        }

        try
        {
            Length = RandomAccess.GetLength(_handle);
            if (Length == 0)
                throw new CheckpointException(path, $"'{path}' is empty. Copy or download it again.");
            if (Length <= LfsPointer.MostBytes && LfsPointer.Is(Read(0, (int)Length)))
                throw new CheckpointException(path, LfsPointer.Message(path));
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>A copy of some bytes; the caller has checked that they lie in the file.</summary>
    public byte[] Read(long offset, int length)
    {
        var bytes = new byte[length];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>Copies bytes; the caller has checked that they lie in the file.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="CheckpointException">It cannot be read, or has become shorter.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var count = ReadSome(offset, destination);
            if (count == 0)
                throw Shorter();
            offset += count;
            destination = destination[count..];
        }
    }

    /// <summary>The file as memory, which stays mapped until the caller disposes the result: for bytes that lie scattered.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="CheckpointException">It cannot be mapped, or has become shorter.</exception>
    public MappedBytes Map()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return new(_view.Value.SafeMemoryMappedViewHandle, Length);
    }

    public void Dispose()
    {
        _handle.Dispose();
        if (_view.IsValueCreated)
            _view.Value.Dispose();
    }

    private int ReadSome(long offset, Span<byte> destination)
    {
        try
        {
            return RandomAccess.Read(_handle, destination, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    private MemoryMappedViewAccessor View()
    {
        if (RandomAccess.GetLength(_handle) < Length)
            throw Shorter();
        try
        {
            using var file = MemoryMappedFile.CreateFromFile(_handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    private CheckpointException Shorter() => new(Path, $"'{Path}' has become shorter while it was read. Copy or download it again.");

    private CheckpointException Unreadable(Exception e) => new(Path, $"'{Path}' cannot be read: {e.Message}", inner: e);
}
