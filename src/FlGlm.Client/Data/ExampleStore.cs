using System.Buffers;
using FlGlm.Core.Configuration;
using Microsoft.Win32.SafeHandles;

namespace FlGlm.Client.Data;

/// <summary>
/// The rows of a client's files. The first ones are kept in memory, those beyond a limit in one temporary file without a name, which ends with
/// this process at the latest. Rows are added by one thread, and read by any.
/// </summary>
/// <param name="memory">Bytes of rows to keep in memory.</param>
/// <param name="open">Opens the temporary file; null = in the system's temporary directory.</param>
internal sealed class ExampleStore(long memory = ExampleStore.MostMemory, Func<FileStream>? open = null) : IDisposable
{
    /// <summary>About 30 million tokens.</summary>
    internal const long MostMemory = 64 << 20;

    /// <summary>What an array costs beside its bytes.</summary>
    private const int ArrayCost = 32;

    private readonly List<byte[]> _inMemory = [];
    private readonly List<int> _lengths = [];

    /// <summary>Where each row of the file ends.</summary>
    private readonly List<long> _ends = [];
    private readonly ArrayBufferWriter<byte> _row = new();
    private FileStream? _file;
    private SafeFileHandle? _handle;
    private long _used;
    private bool _isDisposed;

    internal int Count => _lengths.Count;

    /// <summary>Rows that are in the file.</summary>
    internal int CountInFile => _ends.Count;

    /// <summary>The tokens of a row, known without reading it.</summary>
    internal int LengthOf(int row) => _lengths[row];

    internal Example this[int row]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return ExampleBytes.Read(row < _inMemory.Count ? _inMemory[row] : ReadFile(row - _inMemory.Count));
        }
    }

    /// <exception cref="DataException">The temporary file cannot be written.</exception>
    internal void Add(Example example)
    {
        _row.ResetWrittenCount();
        ExampleBytes.Write(example, _row);
        var size = _row.WrittenCount + ArrayCost;
        if (_file is null && _used + size <= memory)
        {
            _inMemory.Add(_row.WrittenSpan.ToArray());
            _used += size;
        }
        else
        {
            WriteFile(_row.WrittenSpan);
        }

        _lengths.Add(example.Ids.Length);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _inMemory.Clear();
        _file?.Dispose();
    }

    private long End(int row) => row < 0 ? 0 : _ends[row];

    private void WriteFile(ReadOnlySpan<byte> bytes)
    {
        var start = End(_ends.Count - 1);
        try
        {
            _file ??= open is null ? TemporaryFile.Open() : open();
            _handle ??= _file.SafeFileHandle;
            RandomAccess.Write(_handle, bytes, start);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var directory = Path.GetTempPath();
            throw new DataException(
                directory,
                null,
                $"The rows are more than {memory >> 20} MiB, and the temporary file for the others cannot be written in '{directory}': {error.Message.TrimEnd('.')}. "
                    + "Free space there, or name another directory with the variable TMPDIR (Windows: TMP).",
                error);
        }

        _ends.Add(start + bytes.Length);
    }

    private byte[] ReadFile(int row)
    {
        var start = End(row - 1);
        var bytes = new byte[End(row) - start];
        for (var read = 0; read < bytes.Length;)
        {
            var more = RandomAccess.Read(_handle!, bytes.AsSpan(read), start + read);
            read += more > 0 ? more : throw new EndOfStreamException("The temporary file of the rows is shorter than what was written to it.");
        }

        return bytes;
    }
}
