namespace Microsoft.ML.Tokenizers;

/// <summary>Turns text into token ids and back. The part of Microsoft.ML.Tokenizers' type of this name that FlGlm uses.</summary>
public abstract class Tokenizer
{
    private protected Tokenizer()
    {
    }

    /// <summary>The ids of a text, with the sentence marks that the tokenizer was created with; an empty text has none.</summary>
    /// <param name="text">Any text; unpaired surrogates become U+FFFD.</param>
    /// <param name="considerPreTokenization">Without effect: SentencePiece splits no words beforehand.</param>
    /// <param name="considerNormalization">False for a text that is already in the model's normal form.</param>
    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text, considerNormalization);
    }

    /// <inheritdoc cref="EncodeToIds(string, bool, bool)"/>
    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(text, considerNormalization);

    /// <summary>How many ids <see cref="EncodeToIds(string, bool, bool)"/> gives.</summary>
    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, considerPreTokenization, considerNormalization).Count;

    /// <inheritdoc cref="CountTokens(string, bool, bool)"/>
    public int CountTokens(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(text, considerNormalization).Count;

    /// <summary>The text of a sequence of ids.</summary>
    public abstract string Decode(IEnumerable<int> ids);

    private protected abstract IReadOnlyList<int> Encode(ReadOnlySpan<char> text, bool considerNormalization);
}
