using System.Text;
using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>A SentencePiece model (BPE or unigram) over libsentencepiece, with the API and the meaning of Microsoft.ML.Tokenizers.</summary>
/// <remarks>Immutable, and safe to use from several threads.</remarks>
public sealed class SentencePieceTokenizer : Tokenizer
{
    /// <summary>Protobuf merges what is appended: normalizer_spec (3) with add_dummy_prefix (3) = false.</summary>
    private static readonly byte[] WithoutPrefix = [0x1A, 2, 0x18, 0];

    /// <summary>The same with an empty precompiled_charsmap (2), remove_extra_whitespaces (4) and escape_whitespaces (5) = false.</summary>
    private static readonly byte[] Verbatim = [0x1A, 8, 0x12, 0, 0x18, 0, 0x20, 0, 0x28, 0];

    private readonly SentencePieceProcessor _processor;
    private readonly Lazy<SentencePieceProcessor> _withoutPrefix;
    private readonly Lazy<SentencePieceProcessor> _verbatim;
    private readonly Lazy<IReadOnlyDictionary<string, int>> _vocabulary;
    private readonly Regex? _specialTokens;
    private readonly Dictionary<int, string> _specialTexts = [];
    private readonly int _size;

    private SentencePieceTokenizer(byte[] model, bool addBeginningOfSentence, bool addEndOfSentence, IReadOnlyDictionary<string, int>? specialTokens)
    {
        _processor = new SentencePieceProcessor(model);
        _withoutPrefix = new(() => new SentencePieceProcessor([.. model, .. WithoutPrefix]));
        _verbatim = new(() => new SentencePieceProcessor([.. model, .. Verbatim]));
        _vocabulary = new(ReadVocabulary);
        _size = _processor.Size;
        AddBeginningOfSentence = addBeginningOfSentence;
        AddEndOfSentence = addEndOfSentence;
        SpecialTokens = specialTokens;
        if (specialTokens is { Count: > 0 })
            _specialTokens = new Regex(string.Join('|', specialTokens.Keys.Select(Regex.Escape)), RegexOptions.CultureInvariant);
        foreach (var (text, id) in specialTokens ?? new Dictionary<string, int>())
            _specialTexts[id] = text;
        foreach (var id in new[] { BeginningOfSentenceId, EndOfSentenceId, UnknownId }.Where(id => id >= 0))
            _specialTexts[id] = _processor.Piece(id);
    }

    /// <summary>Texts that stand for one id wherever they occur; the text between them is encoded apart.</summary>
    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    public bool AddBeginningOfSentence { get; }

    public bool AddEndOfSentence { get; }

    public string BeginningOfSentenceToken => _specialTexts.GetValueOrDefault(BeginningOfSentenceId, "<s>");

    public string EndOfSentenceToken => _specialTexts.GetValueOrDefault(EndOfSentenceId, "</s>");

    public string UnknownToken => _specialTexts[UnknownId];

    public int BeginningOfSentenceId => _processor.BeginningOfSentenceId;

    public int EndOfSentenceId => _processor.EndOfSentenceId;

    public int UnknownId => _processor.UnknownId;

    /// <summary>The model's pieces and their ids, special tokens not among them.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => _vocabulary.Value;

    /// <summary>Reads a <c>tokenizer.model</c>.</summary>
    /// <param name="modelStream">The serialized model; read to its end, left open.</param>
    /// <param name="addBeginningOfSentence">Whether the calls that do not say otherwise put the beginning mark in front.</param>
    /// <param name="addEndOfSentence">Whether the calls that do not say otherwise put the end mark behind.</param>
    /// <param name="specialTokens">Texts that stand for one id wherever they occur.</param>
    /// <exception cref="InvalidDataException">The stream holds no SentencePiece model.</exception>
    public static SentencePieceTokenizer Create(
        Stream modelStream,
        bool addBeginningOfSentence = true,
        bool addEndOfSentence = false,
        IReadOnlyDictionary<string, int>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(modelStream);
        using var model = new MemoryStream();
        modelStream.CopyTo(model);
        return new SentencePieceTokenizer(model.ToArray(), addBeginningOfSentence, addEndOfSentence, specialTokens);
    }

    /// <summary>The ids of a text, with the sentence marks asked for; an empty text has none.</summary>
    public IReadOnlyList<int> EncodeToIds(
        string text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text, addBeginningOfSentence, addEndOfSentence, considerNormalization);
    }

    /// <inheritdoc cref="EncodeToIds(string, bool, bool, bool, bool)"/>
    public IReadOnlyList<int> EncodeToIds(
        ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(text, addBeginningOfSentence, addEndOfSentence, considerNormalization);

    /// <summary>How many ids <see cref="EncodeToIds(string, bool, bool, bool, bool)"/> gives.</summary>
    public int CountTokens(
        string text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, addBeginningOfSentence, addEndOfSentence, considerPreTokenization, considerNormalization).Count;

    /// <inheritdoc cref="CountTokens(string, bool, bool, bool, bool)"/>
    public int CountTokens(
        ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(text, addBeginningOfSentence, addEndOfSentence, considerNormalization).Count;

    /// <inheritdoc/>
    /// <remarks>Special tokens and sentence marks are left out.</remarks>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, considerSpecialTokens: false);

    /// <summary>The text of a sequence of ids; ids that the model does not know are left out.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="considerSpecialTokens">Whether special tokens, sentence marks and unknown pieces appear as their own text.</param>
    public string Decode(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var decoded = new StringBuilder();
        var run = new List<int>();
        var first = true;
        foreach (var id in ids)
        {
            if (!_specialTexts.TryGetValue(id, out var special))
            {
                if (id >= 0 && id < _size)
                    run.Add(id);
            }
            else if (considerSpecialTokens)
            {
                Flush();
                decoded.Append(special);
            }
        }
        Flush();
        return decoded.ToString();

        void Flush()
        {
            if (run.Count == 0)
                return;
            decoded.Append((first ? _processor : _withoutPrefix.Value).Decode([.. run]));
            first = false;
            run.Clear();
        }
    }

    private protected override IReadOnlyList<int> Encode(ReadOnlySpan<char> text, bool considerNormalization) =>
        Encode(text, AddBeginningOfSentence, AddEndOfSentence, considerNormalization);

    private List<int> Encode(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerNormalization)
    {
        var ids = new List<int>();
        if (text.IsEmpty)
            return ids;
        if (addBeginningOfSentence && BeginningOfSentenceId >= 0)
            ids.Add(BeginningOfSentenceId);
        AddIds(text, considerNormalization, ids);
        if (addEndOfSentence && EndOfSentenceId >= 0)
            ids.Add(EndOfSentenceId);
        return ids;
    }

    /// <summary>Only the first stretch of text gets the dummy prefix, also where special tokens stand before it.</summary>
    private void AddIds(ReadOnlySpan<char> text, bool considerNormalization, List<int> ids)
    {
        var processor = considerNormalization ? _processor : _verbatim.Value;
        if (_specialTokens is null)
        {
            processor.Encode(text, ids);
            return;
        }
        var start = 0;
        foreach (var match in _specialTokens.EnumerateMatches(text))
        {
            if (match.Index > start)
            {
                processor.Encode(text[start..match.Index], ids);
                processor = considerNormalization ? _withoutPrefix.Value : processor;
            }
            ids.Add(SpecialTokens![text.Slice(match.Index, match.Length).ToString()]);
            start = match.Index + match.Length;
        }
        if (start < text.Length)
            processor.Encode(text[start..], ids);
    }

    private Dictionary<string, int> ReadVocabulary()
    {
        var pieces = new Dictionary<string, int>(_size, StringComparer.Ordinal);
        for (var id = 0; id < _size; id++)
            pieces[_processor.Piece(id)] = id;
        return pieces;
    }
}
