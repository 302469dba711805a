using FlGlm.Client.Data;

namespace FlGlm.Client.Generation;

/// <summary>Shows an answer while it is generated. Of a chat, text that the final cleaning may still change is held back.</summary>
internal sealed class AnswerStream : IDisposable
{
    private readonly TextTokenizer _tokenizer;
    private readonly Action<string> _show;
    private readonly TextStream _stream;
    private readonly bool _isChat;
    private string _raw = "";
    private string _shown = "";

    /// <param name="prompt">the ids to answer</param>
    /// <param name="template">what the prompt is wrapped in</param>
    /// <param name="show">called with each piece of text</param>
    public AnswerStream(TextTokenizer tokenizer, IEnumerable<int> prompt, PromptTemplate template, Action<string> show)
    {
        _isChat = template == PromptTemplate.Chat;
        _tokenizer = tokenizer;
        _show = show;
        _stream = new TextStream(tokenizer, _isChat ? null : prompt);
    }

    /// <summary>Adds a token and shows the text that can no longer change.</summary>
    public void Add(int id)
    {
        _raw += _stream.Add(id);
        if (Rest(_isChat ? Settled() : _raw) is { Length: > 0 } rest)
            _show(rest);
    }

    /// <summary>Shows the rest, also of an incomplete answer; if cleaning has changed text that was already shown, shows the whole answer again.</summary>
    public void Dispose()
    {
        _raw += _stream.End();
        var text = Clean(_raw);
        _show((Rest(text) ?? Environment.NewLine + text) + Environment.NewLine);
    }

    private string Settled()
    {
        var text = _tokenizer.CleanAnswer(_raw.TrimEnd());
        return text[.._tokenizer.SettledLength(text)];
    }

    private string Clean(string text) => _isChat ? _tokenizer.CleanAnswer(text) : text;

    private string? Rest(string text)
    {
        if (!text.StartsWith(_shown, StringComparison.Ordinal))
            return null;
        var rest = text[_shown.Length..];
        _shown = text;
        return rest;
    }
}
