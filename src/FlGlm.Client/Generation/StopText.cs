using FlGlm.Client.Data;

namespace FlGlm.Client.Generation;

/// <summary>Finds stop strings in an answer while it is generated.</summary>
/// <param name="tokenizer">the model's tokenizer</param>
/// <param name="prompt">the ids that the answer goes on behind</param>
/// <param name="strings">none of them empty</param>
internal sealed class StopText(TextTokenizer tokenizer, IEnumerable<int> prompt, IReadOnlyList<string> strings)
{
    private readonly TextStream _stream = new(tokenizer, prompt);
    private string _text = "";

    /// <summary>Adds the answer's next token.</summary>
    /// <returns>whether one of the strings stands in the answer now</returns>
    public bool Add(int id)
    {
        var before = _text.Length;
        _text += _stream.Add(id);
        return strings.Any(text => _text.IndexOf(text, Math.Max(0, before - text.Length + 1), StringComparison.Ordinal) >= 0);
    }
}
