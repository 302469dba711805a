using FlGlm.Client.Data;

namespace FlGlm.Cli.Generation;

/// <summary>An answer shown while it comes, cleaned as the whole will be; what cleaning may still change is held back.</summary>
/// <param name="show">Shows a piece.</param>
internal sealed class AnswerStream(TextTokenizer tokenizer, Action<string> show) : IDisposable
{
    /// <summary>Cleaning looks at neighbours.</summary>
    private const int HeldBack = 2;

    /// <summary>Characters of ChatGLM's placeholder for a year, the longest that cleaning replaces.</summary>
    private const int PlaceholderLength = 8;

    private readonly TextStream _stream = new(tokenizer);
    private string _raw = "";
    private string _shown = "";

    /// <summary>Shows what is certain now.</summary>
    public void Add(int id)
    {
        _raw += _stream.Add(id);
        var text = tokenizer.CleanAnswer(_raw);
        if (Rest(text[..Certain(text)]) is { Length: > 0 } rest)
            show(rest);
    }

    /// <summary>Shows what is left, also of an answer that broke off; the whole anew where cleaning has changed what was shown.</summary>
    public void Dispose()
    {
        _raw += _stream.End();
        var text = tokenizer.CleanAnswer(_raw);
        show((Rest(text) ?? Environment.NewLine + text) + Environment.NewLine);
    }

    /// <summary>How many characters further ones cannot change: never half a surrogate pair, nor the beginning of a placeholder.</summary>
    private static int Certain(string text)
    {
        var end = Math.Max(0, text.Length - HeldBack);
        var mark = text.LastIndexOf("[[", StringComparison.Ordinal);
        if (mark >= 0 && text.Length - mark < PlaceholderLength)
            end = Math.Min(end, mark);
        return end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
    }

    private string? Rest(string text)
    {
        if (!text.StartsWith(_shown, StringComparison.Ordinal))
            return null;
        var rest = text[_shown.Length..];
        _shown = text;
        return rest;
    }
}
