using System.Text;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// What SentencePiece does to a text before it is cut into pieces (normalizer.cc): characters replaced by the model's rules, blanks written as
/// U+2581, a blank put in front, repeated ones left out. User-defined symbols stay as they are.
/// </summary>
internal sealed class SentencePieceNormalizer : Normalizer
{
    private const byte Blank = (byte)' ';
    private readonly SentencePieceModel _model;
    private readonly PrecompiledMap? _rules;
    private readonly byte[][][] _symbols;

    internal SentencePieceNormalizer(SentencePieceModel model, string path)
    {
        _model = model;
        _rules = model.Charsmap.Length > 0 ? new PrecompiledMap(model.Charsmap, path) : null;
        var symbols = model.Pieces.Where(piece => piece.Kind == PieceKind.UserDefined).Select(piece => Encoding.UTF8.GetBytes(piece.Text));
        var byFirst = symbols.ToLookup(symbol => symbol[0]);
        _symbols = [.. Enumerable.Range(0, 256).Select(first => byFirst[(byte)first].OrderByDescending(symbol => symbol.Length).ToArray())];
    }

    /// <inheritdoc/>
    public override string Normalize(string original) => Normalize(original.AsSpan());

    /// <inheritdoc/>
    public override string Normalize(ReadOnlySpan<char> original)
    {
        var input = new byte[Encoding.UTF8.GetByteCount(original)];
        Encoding.UTF8.GetBytes(original, input);
        return Encoding.UTF8.GetString(Normalize(input.AsSpan()));
    }

    private byte[] Normalize(ReadOnlySpan<byte> input)
    {
        var blank = _model.EscapeBlanks ? "▁"u8 : " "u8;
        if (_model.RemoveExtraBlanks)
        {
            while (Next(input, out var part) is var taken and > 0 && part is [Blank])
                input = input[taken..];
        }

        if (input.IsEmpty)
            return [];
        var text = new List<byte>(input.Length + 16);
        if (_model.AddDummyPrefix && !_model.BlankAsSuffix)
            text.AddRange(blank);
        for (var isAfterBlank = _model.RemoveExtraBlanks; !input.IsEmpty;)
        {
            var taken = Next(input, out var part);
            input = input[taken..];
            if (isAfterBlank)
                part = part.TrimStart(Blank);
            if (part.IsEmpty)
                continue;
            foreach (var value in part)
            {
                if (value == Blank)
                    text.AddRange(blank);
                else
                    text.Add(value);
            }

            isAfterBlank = _model.RemoveExtraBlanks && part[^1] == Blank;
        }

        return WithoutEndBlanks(text, blank);
    }

    private byte[] WithoutEndBlanks(List<byte> text, ReadOnlySpan<byte> blank)
    {
        ReadOnlySpan<byte> rest = text.ToArray();
        while (_model.RemoveExtraBlanks && rest.EndsWith(blank))
            rest = rest[..^blank.Length];
        return _model.AddDummyPrefix && _model.BlankAsSuffix ? [.. rest, .. blank] : rest.ToArray();
    }

    /// <summary>What the beginning of a text becomes, and how many bytes that is.</summary>
    private int Next(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (input.IsEmpty)
            return 0;
        foreach (var symbol in _symbols[input[0]])
        {
            if (!input.StartsWith(symbol))
                continue;
            part = symbol;
            return symbol.Length;
        }

        if (_rules is not null && _rules.LongestRule(input, out part) is > 0 and var taken)
            return taken;
        _ = Rune.DecodeFromUtf8(input, out _, out var length);
        part = input[..length];
        return length;
    }
}
