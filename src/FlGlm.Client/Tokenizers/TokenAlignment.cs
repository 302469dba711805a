using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// Finds where in a text its tokens stand, which the engine does not say: token after token, by their own letters. One that does not stand there
/// as it is, such as a byte or a piece made of bytes, gets (0, 0), and so do those behind it.
/// </summary>
internal static class TokenAlignment
{
    internal static EncodedToken[] Align(string text, IReadOnlyList<int> ids, Func<int, string> pieceOf)
    {
        var tokens = new EncodedToken[ids.Count];
        int? at = 0;
        for (var index = 0; index < tokens.Length; index++)
        {
            var piece = pieceOf(ids[index]);
            var length = at is { } start ? Length(text.AsSpan(start), piece, isFirst: start == 0) : null;
            tokens[index] = new EncodedToken(ids[index], piece, length is { } count ? new Range(at!.Value, at.Value + count) : new Range(0, 0));
            at = length is null ? null : at + length;
        }

        return tokens;
    }

    /// <summary>How many characters of the text a piece is; null where it is not the text's beginning.</summary>
    private static int? Length(ReadOnlySpan<char> text, string piece, bool isFirst)
    {
        if (IsBeginning(text, piece))
            return piece.Length;
        return isFirst && piece.StartsWith('▁') && IsBeginning(text, piece.AsSpan(1)) ? piece.Length - 1 : null;
    }

    private static bool IsBeginning(ReadOnlySpan<char> text, ReadOnlySpan<char> piece)
    {
        if (piece.Length > text.Length)
            return false;
        for (var index = 0; index < piece.Length; index++)
        {
            if (text[index] != piece[index] && !(text[index] == ' ' && piece[index] == '▁'))
                return false;
        }

        return true;
    }
}
