using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Tokenizers;

/// <summary>A tokenizer of any kind, and what a model family must know of it beside its ids.</summary>
internal sealed class TextPieces
{
    private readonly HashSet<int> _marks = [];
    private readonly int _size = int.MaxValue;

    /// <param name="tokenizer">Any tokenizer.</param>
    /// <param name="vocabulary">Its pieces with their ids, where it is of a kind that does not say them.</param>
    internal TextPieces(Tokenizer tokenizer, IReadOnlyDictionary<string, int>? vocabulary = null)
    {
        Tokenizer = tokenizer;
        IsKnown = vocabulary is not null || tokenizer is HuggingFaceTokenizer or SentencePieceTokenizer or BpeTokenizer;
        Vocabulary = vocabulary ?? tokenizer switch
        {
            HuggingFaceTokenizer published => published.Vocabulary,
            SentencePieceTokenizer pieces => Join(pieces.Vocabulary, pieces.SpecialTokens),
            BpeTokenizer pairs => Join(pairs.Vocabulary, pairs.SpecialTokens),
            _ => new Dictionary<string, int>(),
        };
        switch (tokenizer)
        {
            case HuggingFaceTokenizer published:
                (Beginning, End) = (published.BeginningOfSentenceId, published.EndOfSentenceId);
                (AddsBeginning, AddsEnd) = (published.AddsBeginningOfSentence, published.AddsEndOfSentence);
                PieceCount = published.PieceCount;
                break;
            case SentencePieceTokenizer pieces:
                (Beginning, End) = (Known(pieces.BeginningOfSentenceId), Known(pieces.EndOfSentenceId));
                PieceCount = pieces.Vocabulary.Values.Max() + 1;
                _marks = [pieces.BeginningOfSentenceId, pieces.EndOfSentenceId, pieces.UnknownId, .. pieces.SpecialTokens?.Values ?? []];
                break;
            case BpeTokenizer pairs:
                (Beginning, End) = (Find(pairs.BeginningOfSentenceToken), Last(pairs, Find(pairs.UnknownToken)));
                _marks = [.. new[] { Beginning, End, Find(pairs.UnknownToken) }.OfType<int>(), .. pairs.SpecialTokens?.Values ?? []];
                break;
        }

        if (IsKnown)
        {
            _size = Vocabulary.Values.DefaultIfEmpty(-1).Max() + 1;
            PieceCount ??= _size;
        }
    }

    internal Tokenizer Tokenizer { get; }

    /// <summary>Every piece with its id; empty where they are not known.</summary>
    internal IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Ids of pieces and added tokens; null where they are not known.</summary>
    internal int? Size => IsKnown ? _size : null;

    /// <summary>Ids of pieces alone; null where they are not known.</summary>
    internal int? PieceCount { get; }

    internal int? Beginning { get; }

    internal int? End { get; }

    /// <summary>Whether the published tokenizer begins a text with its mark; null where its kind does not say.</summary>
    internal bool? AddsBeginning { get; }

    /// <summary>Whether the published tokenizer ends a text with its mark; null where its kind does not say.</summary>
    internal bool? AddsEnd { get; }

    /// <summary>The special tokens that a text spells out; none where only a published tokenizer would know them.</summary>
    internal IEnumerable<string> SpecialTokensIn(string text) => Tokenizer is HuggingFaceTokenizer published ? published.SpecialTokensIn(text) : [];

    /// <summary>The ids of a text without marks around it; special tokens that it spells out become their ids, where they are known.</summary>
    internal IReadOnlyList<int> ParsedIds(string text) => Tokenizer is HuggingFaceTokenizer published
        ? published.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false, SpecialTokenUse.Parse)
        : Ids(text);

    /// <summary>The ids of a text without marks, also where the tokenizer adds them by itself.</summary>
    internal IReadOnlyList<int> Ids(string text)
    {
        if (Tokenizer is SentencePieceTokenizer pieces)
            return pieces.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false);
        var ids = Tokenizer.EncodeToIds(text);
        if (Tokenizer is not BpeTokenizer)
            return ids;
        var start = Beginning is { } beginning && ids.Count > 0 && ids[0] == beginning ? 1 : 0;
        var end = End is { } mark && ids.Count > start && ids[^1] == mark ? ids.Count - 1 : ids.Count;
        return [.. ids.Take(start..end)];
    }

    /// <summary>The text of ids; marks and ids that the tokenizer does not know are left out.</summary>
    internal string Decode(IEnumerable<int> ids) =>
        Tokenizer.Decode(Tokenizer is HuggingFaceTokenizer ? ids : ids.Where(id => id >= 0 && id < _size && !_marks.Contains(id))) ?? "";

    /// <summary>Whether its pieces are known: of Tiktoken and WordPiece the package does not say them.</summary>
    private bool IsKnown { get; }

    private static int? Known(int id) => id < 0 ? null : id;

    private int? Find(string? piece) => piece is not null && Vocabulary.TryGetValue(piece, out var id) ? id : null;

    /// <summary>The mark that the package's BPE puts behind a text and keeps to itself: what two texts end with that have no letter in common.</summary>
    private static int? Last(BpeTokenizer pairs, int? unknown) =>
        pairs.EncodeToIds("a") is [.., var first] && pairs.EncodeToIds("b") is [.., var second] && first == second && first != unknown ? first : null;

    private static Dictionary<string, int> Join(IReadOnlyDictionary<string, int> pieces, IReadOnlyDictionary<string, int>? special)
    {
        var joined = new Dictionary<string, int>(pieces, StringComparer.Ordinal);
        foreach (var (text, id) in special ?? new Dictionary<string, int>())
            joined[text] = id;
        return joined;
    }
}
