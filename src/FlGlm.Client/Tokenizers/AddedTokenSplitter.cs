using System.Text.RegularExpressions;

namespace FlGlm.Client.Tokenizers;

/// <summary>Finds added tokens in a text as Hugging Face does: from the left, the longest first.</summary>
internal sealed class AddedTokenSplitter
{
    private readonly Dictionary<string, AddedToken> _tokens;
    private readonly Regex? _contents;

    internal AddedTokenSplitter(IEnumerable<AddedToken> tokens)
    {
        _tokens = tokens.ToDictionary(token => token.Content, StringComparer.Ordinal);
        if (_tokens.Count > 0)
        {
            var contents = _tokens.Keys.OrderByDescending(content => content.Length).Select(Regex.Escape);
            _contents = new Regex(string.Join('|', contents), RegexOptions.CultureInvariant);
        }
    }

    /// <summary>The text between the tokens, and the tokens; the blanks that a token takes are in neither.</summary>
    internal IEnumerable<(string Text, AddedToken? Token)> Split(string text)
    {
        var start = 0;
        for (var match = _contents?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            var token = _tokens[match.Value];
            var (from, to) = (match.Index, match.Index + match.Length);
            if (from < start || (token.SingleWord && ((from > 0 && IsWord(text[from - 1])) || (to < text.Length && IsWord(text[to])))))
                continue;
            while (token.TakesLeft && from > start && char.IsWhiteSpace(text[from - 1]))
                from--;
            while (token.TakesRight && to < text.Length && char.IsWhiteSpace(text[to]))
                to++;
            if (from > start)
                yield return (text[start..from], null);
            yield return (match.Value, token);
            start = to;
        }

        if (start < text.Length)
            yield return (text[start..], null);
    }

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character == '_';
}
