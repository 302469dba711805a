using FlGlm.Client.Data;

namespace FlGlm.Cli.Generation;

/// <summary>An answer while it comes: cleaned as the whole will be, its last characters held back since cleaning looks at neighbours.</summary>
internal sealed class AnswerStream(TextTokenizer tokenizer)
{
    private const int HeldBack = 2;

    private readonly TextStream _stream = new(tokenizer);
    private string _raw = "";
    private string _shown = "";

    /// <summary>What can be shown now.</summary>
    public string Add(int id)
    {
        _raw += _stream.Add(id);
        var text = tokenizer.CleanAnswer(_raw);
        return Rest(text[..Math.Max(0, text.Length - HeldBack)]) ?? "";
    }

    /// <summary>What is left to show; the whole anew where cleaning has changed what was shown.</summary>
    public string End()
    {
        _raw += _stream.End();
        var text = tokenizer.CleanAnswer(_raw);
        return Rest(text) ?? "\n" + text;
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
