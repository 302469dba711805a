using System.Text;
using System.Text.Unicode;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>The part of a text file that is in memory: whole characters of strict UTF-8 without a byte order mark.</summary>
internal sealed class Utf8Buffer
{
    /// <summary>The longest piece that is held at once: a row, or a text that is read whole.</summary>
    internal const int MostBytes = 1_000_000_000;

    private const int FirstSize = 1 << 16;

    private readonly DataFile _file;
    private readonly int _mostBytes;
    private byte[] _bytes = new byte[FirstSize];
    private int _start;

    /// <summary>From here on the bytes are the beginning of a character.</summary>
    private int _checked;
    private int _end;
    private long _position;
    private int _lineEnds;

    /// <param name="file">The file, of which nothing has been read.</param>
    /// <param name="mostBytes">The longest piece.</param>
    /// <exception cref="DataException">The file is empty, or its beginning is not UTF-8.</exception>
    internal Utf8Buffer(DataFile file, int mostBytes = MostBytes)
    {
        (_file, _mostBytes) = (file, mostBytes);
        if (Utf16.Problem(file.Path, file.Beginning) is { } problem)
            throw new DataException(file.Path, null, problem);
        ReadMore();
        if (file.Beginning.StartsWith(Encoding.UTF8.Preamble))
            Advance(Encoding.UTF8.Preamble.Length);
        while (IsBlank(Unread.Span))
        {
            if (!ReadMore())
                throw new DataException(file.Path, null, $"'{file.Path}' is empty: it holds no row.");
        }
    }

    /// <summary>What has been read of the file and is not used yet. Valid up to the next call of <see cref="ReadMore"/>.</summary>
    internal ReadOnlyMemory<byte> Unread => _bytes.AsMemory(_start, _checked - _start);

    /// <summary>Whether the file ends with <see cref="Unread"/>.</summary>
    internal bool IsAtEnd { get; private set; }

    /// <summary>How many bytes of white space a text begins with.</summary>
    internal static int BlankLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (Rune.DecodeFromUtf8(text[length..], out var letter, out var size) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(letter))
            length += size;
        return length;
    }

    /// <summary>Whether a text is white space alone.</summary>
    internal static bool IsBlank(ReadOnlySpan<byte> text) => BlankLength(text) == text.Length;

    /// <summary>Marks the first bytes of <see cref="Unread"/> as used.</summary>
    internal void Advance(int count) => _start += count;

    /// <summary>Adds to <see cref="Unread"/> what the file holds next; false at its end.</summary>
    /// <exception cref="DataException">The file cannot be read, is not UTF-8, or what is unread is longer than a piece may be.</exception>
    internal bool ReadMore()
    {
        if (IsAtEnd)
            return false;
        MakeRoom();
        var wanted = _bytes.Length - _end;
        var read = _file.Read(_bytes, _end);
        IsAtEnd = read < wanted;
        _end += read;
        Check();
        return true;
    }

    /// <summary>The next line, without its end; false behind the last. Valid as <see cref="Unread"/> is.</summary>
    internal bool TryReadLine(out ReadOnlyMemory<byte> line)
    {
        var searched = 0;
        int end;
        while ((end = Unread.Span[searched..].IndexOf((byte)'\n')) < 0)
        {
            searched = Unread.Length;
            if (ReadMore())
                continue;
            line = Unread;
            Advance(line.Length);
            return line.Length > 0;
        }

        line = Unread[..(searched + end)];
        Advance(line.Length + 1);
        return true;
    }

    /// <summary>All that is left of the file.</summary>
    internal string ReadToEnd()
    {
        while (ReadMore())
        {
            // Unread grows.
        }

        var text = Encoding.UTF8.GetString(Unread.Span);
        Advance(Unread.Length);
        return text;
    }

    /// <summary>Moves the unread bytes to the front; a buffer that is more than half full of them grows.</summary>
    private void MakeRoom()
    {
        var kept = _bytes.AsSpan(_start, _end - _start);
        if (kept.Length >= _mostBytes)
        {
            var line = _lineEnds - Unread.Span.Count((byte)'\n') + 1;
            throw new DataException(
                _file.Path, line, $"'{_file.Path}' holds a piece of more than {_mostBytes} bytes, from line {line} on: a row, or a text, must fit into memory. Split it.");
        }

        var target = kept.Length > _bytes.Length / 2 ? new byte[Math.Min(2L * _bytes.Length, Math.Max(_mostBytes, FirstSize))] : _bytes;
        kept.CopyTo(target);
        (_checked, _end, _start, _bytes) = (_checked - _start, kept.Length, 0, target);
    }

    private void Check()
    {
        ReadOnlySpan<byte> fresh = _bytes.AsSpan(_checked, _end - _checked);
        var whole = fresh[..(fresh.Length - (IsAtEnd ? 0 : BrokenLength(fresh)))];
        if (!Utf8.IsValid(whole))
            throw Invalid(whole);
        _lineEnds += whole.Count((byte)'\n');
        _position += whole.Length;
        _checked += whole.Length;
    }

    /// <summary>How many bytes at the end begin a character that goes on behind them.</summary>
    private static int BrokenLength(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back <= Math.Min(3, text.Length); back++)
        {
            var letter = text[^back];
            if (letter is >= 0x80 and < 0xC0)
                continue;
            var size = letter switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return size > back ? back : 0;
        }

        return 0;
    }

    private DataException Invalid(ReadOnlySpan<byte> text)
    {
        Utf8.ToUtf16(text, new char[text.Length], out var valid, out _, replaceInvalidSequences: false);
        var line = _lineEnds + text[..valid].Count((byte)'\n') + 1;
        return new DataException(
            _file.Path,
            line,
            $"'{_file.Path}' is not UTF-8: byte {_position + valid}, in line {line}, begins no character. Convert the file to UTF-8.");
    }
}
