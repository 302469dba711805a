using System.Security.Cryptography;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>An open data file, which is read once, piece by piece, and hashed meanwhile.</summary>
internal sealed class DataFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _beginning;
    private int _given;
    private long _bytes;
    private bool _isBinary;
    private DataFile? _beside;

    private DataFile(string path, FileStream stream)
    {
        (Path, _stream) = (path, stream);
        var beginning = new byte[LfsPointer.MostBytes + 1];
        _beginning = beginning[..Guard(path, () => stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false))];
    }

    internal string Path { get; }

    /// <summary>The first bytes of the file; all of a small one.</summary>
    internal ReadOnlySpan<byte> Beginning => _beginning;

    /// <summary>Opens a file.</summary>
    /// <exception cref="DataException">The file is missing, unreadable or a Git LFS pointer.</exception>
    internal static DataFile Open(string path)
    {
        var stream = Guard(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096, FileOptions.SequentialScan));
        try
        {
            var file = new DataFile(path, stream);
            return LfsPointer.Is(file.Beginning) ? throw new DataException(path, null, LfsPointer.Message(path)) : file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The content of a file of text.</summary>
    /// <exception cref="DataException">The file is empty or not UTF-8.</exception>
    internal Utf8Buffer OpenText() => new(this);

    /// <summary>The content of a file that is read here and there.</summary>
    internal Stream OpenBinary()
    {
        if (!_stream.CanSeek)
            return Copy();
        _isBinary = true;
        _stream.Position = 0;
        return _stream;
    }

    /// <summary>Opens a file that belongs to this one; it is closed with it.</summary>
    /// <inheritdoc cref="Open"/>
    internal DataFile OpenBeside(string path) => _beside = Open(path);

    /// <summary>Reads on.</summary>
    /// <returns>The bytes read; fewer than asked for only at the end.</returns>
    internal int Read(byte[] into, int start)
    {
        var first = Math.Min(_beginning.Length - _given, into.Length - start);
        _beginning.AsSpan(_given, first).CopyTo(into.AsSpan(start));
        _given += first;
        var read = first + Guard(Path, () => _stream.ReadAtLeast(into.AsSpan(start + first), into.Length - start - first, throwOnEndOfStream: false));
        _hash.AppendData(into, start, read);
        _bytes += read;
        return read;
    }

    /// <summary>This file and the one beside it, hashed. Called once, behind the last row.</summary>
    internal IReadOnlyList<DataFileHash> Finish()
    {
        if (_isBinary)
            (_stream.Position, _given) = (0, _beginning.Length);
        var piece = new byte[1 << 16];
        while (Read(piece, 0) > 0)
        {
            // Read adds to the hash.
        }

        return [new DataFileHash(Path, Convert.ToHexStringLower(_hash.GetHashAndReset()), _bytes), .. _beside?.Finish() ?? []];
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
        _beside?.Dispose();
    }

    /// <summary>What comes from a pipe is kept in memory.</summary>
    private MemoryStream Copy()
    {
        var copy = new MemoryStream();
        var piece = new byte[1 << 16];
        while (Read(piece, 0) is > 0 and var read)
            copy.Write(piece, 0, read);
        copy.Position = 0;
        return copy;
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(path, null, $"There is no data file '{path}' (looked for in '{System.IO.Path.GetFullPath(path)}').", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, null, $"'{path}' cannot be read: {error.Message}", error);
        }
    }
}
