using System.Globalization;
using System.Text;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// Turns pieces into text as SentencePiece does (sentencepiece_processor.cc): U+2581 is a blank, the one in front is left out, bytes are
/// joined into characters, and a byte that belongs to none is U+FFFD.
/// </summary>
/// <param name="pieces">By id; null where an id has no text.</param>
/// <param name="isByte">Whether an id is that of a byte.</param>
/// <param name="front">Which blanks in front of the text are left out.</param>
internal sealed class PieceDecoder(IReadOnlyList<string?> pieces, Func<int, bool> isByte, FrontBlanks front)
{
    internal string Decode(IEnumerable<int> ids)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        var takes = front != FrontBlanks.Stay;
        foreach (var id in ids)
        {
            if (id < 0 || id >= pieces.Count || pieces[id] is not { Length: > 0 } piece)
                continue;
            if (isByte(id))
            {
                bytes.Add(ByteOf(piece));
                continue;
            }

            Append(bytes, text);
            var start = takes && text.Length == 0 && piece[0] == '▁' ? 1 : 0;
            takes &= start == 0 || front == FrontBlanks.OneOfEachPiece;
            text.Append(piece[start..].Replace('▁', ' '));
        }

        Append(bytes, text);
        return text.ToString();
    }

    /// <summary>Whether a piece has the form of a byte's: &lt;0x0A&gt;.</summary>
    internal static bool IsByteName(string piece) =>
        piece is ['<', '0', 'x', var high, var low, '>'] && char.IsAsciiHexDigitUpper(high) && char.IsAsciiHexDigitUpper(low);

    internal static byte ByteOf(string piece) => byte.Parse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void Append(List<byte> bytes, StringBuilder text)
    {
        ReadOnlySpan<byte> rest = bytes.ToArray();
        while (!rest.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf8(rest, out var character, out var length) == System.Buffers.OperationStatus.Done;
            text.Append(isWhole ? character.ToString() : "\uFFFD");
            rest = rest[(isWhole ? length : 1)..];
        }

        bytes.Clear();
    }
}
