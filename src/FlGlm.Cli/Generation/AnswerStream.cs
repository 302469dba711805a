using FlGlm.Client.Data;

namespace FlGlm.Cli.Generation;

/// <summary>An answer shown while it comes, cleaned as the whole will be; what cleaning may still change is held back.</summary>
/// <param name="show">Shows a piece.</param>
internal sealed class AnswerStream(TextTokenizer tokenizer, Action<string> show) : IDisposable
{
    private readonly TextStream _stream = new(tokenizer);
    private string _raw = "";
    private string _shown = "";

    /// <summary>Shows what is certain now.</summary>
    public void Add(int id)
    {
        _raw += _stream.Add(id);
        var text = tokenizer.CleanAnswer(_raw.TrimEnd());
        if (Rest(text[..tokenizer.SettledLength(text)]) is { Length: > 0 } rest)
            show(rest);
    }

    /// <summary>Shows what is left, also of an answer that broke off; the whole anew where cleaning has changed what was shown.</summary>
    public void Dispose()
    {
        _raw += _stream.End();
        var text = tokenizer.CleanAnswer(_raw);
        show((Rest(text) ?? Environment.NewLine + text) + Environment.NewLine);
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
