using FlGlm.Client.Data;

namespace FlGlm.Cli.Generation;

/// <summary>Shows an answer while it is generated. Text that the final cleaning may still change is held back.</summary>
/// <param name="show">Called with each piece of text.</param>
internal sealed class AnswerStream(TextTokenizer tokenizer, Action<string> show) : IDisposable
{
    private readonly TextStream _stream = new(tokenizer);
    private string _raw = "";
    private string _shown = "";

    /// <summary>Adds a token and shows the text that can no longer change.</summary>
    public void Add(int id)
    {
        _raw += _stream.Add(id);
        var text = tokenizer.CleanAnswer(_raw.TrimEnd());
        if (Rest(text[..tokenizer.SettledLength(text)]) is { Length: > 0 } rest)
            show(rest);
    }

    /// <summary>Shows the rest, also of an incomplete answer; if cleaning has changed text that was already shown, shows the whole answer again.</summary>
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
