namespace FlGlm.Client.Data;

/// <summary>Turns ids into text while they come; only whole characters leave it.</summary>
public sealed class TextStream
{
    private const char HalfCharacter = '\uFFFD';

    /// <summary>The ids that gave text last, since a tokenizer drops the space before its first piece, then those that wait.</summary>
    private readonly List<int> _ids = [];
    private readonly TextTokenizer _tokenizer;
    private int _said;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="prompt">The ids that the text goes on behind; none = the text is a beginning.</param>
    public TextStream(TextTokenizer tokenizer, IEnumerable<int>? prompt = null)
    {
        _tokenizer = tokenizer;
        if (prompt is not null && tokenizer.Family.Form.AnswerMarks.Count == 0)
            _ids.AddRange(prompt);
        _said = _ids.Count;
    }

    /// <summary>The text that is certain now; empty while a character lacks some of its bytes.</summary>
    /// <param name="id">The next token.</param>
    public string Add(int id)
    {
        _ids.Add(id);
        var text = Waiting();
        if (text.Length == 0 || text[^1] == HalfCharacter)
            return "";
        _ids.RemoveRange(0, _said);
        _said = _ids.Count;
        return text;
    }

    /// <summary>What still waits, with U+FFFD for bytes that make no character.</summary>
    public string End()
    {
        var text = Waiting();
        _ids.Clear();
        _said = 0;
        return text;
    }

    private string Waiting()
    {
        var said = _tokenizer.Decode(_ids.Take(_said)).Length;
        return _tokenizer.Decode(_ids)[said..];
    }
}
