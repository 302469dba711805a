using System.Text.Unicode;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Reads a data file as UTF-8, strictly.</summary>
internal static class DataFile
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The file's text without a byte order mark.</summary>
    /// <exception cref="DataException">The file is missing, unreadable, empty or not UTF-8.</exception>
    internal static string ReadText(string path)
    {
        ReadOnlySpan<byte> bytes = ReadBytes(path);
        if (Utf16.Problem(path, bytes) is { } problem)
            throw new DataException(path, null, problem);
        var start = bytes.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        var text = new char[bytes.Length - start];
        Utf8.ToUtf16(bytes[start..], text, out var read, out var written, replaceInvalidSequences: false);
        if (start + read < bytes.Length)
        {
            var line = bytes[..(start + read)].Count((byte)'\n') + 1;
            throw new DataException(
                path, line, $"'{path}' is not UTF-8: byte {start + read}, in line {line}, begins no character. Convert the file to UTF-8.");
        }
        if (text.AsSpan(0, written).IsWhiteSpace())
            throw new DataException(path, null, $"'{path}' is empty: it holds no row.");
        return new string(text, 0, written);
    }

    /// <summary>Opens a file that is no text.</summary>
    /// <exception cref="DataException">The file is missing or unreadable.</exception>
    internal static Stream Open(string path) => new MemoryStream(ReadBytes(path), writable: false);

    private static byte[] ReadBytes(string path)
    {
        var bytes = Guard(path, () => File.ReadAllBytes(path));
        return LfsPointer.Is(bytes) ? throw new DataException(path, null, LfsPointer.Message(path)) : bytes;
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(path, null, $"There is no data file '{path}' (looked for in '{Path.GetFullPath(path)}').", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, null, $"'{path}' cannot be read: {error.Message}", error);
        }
    }
}
