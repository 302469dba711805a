using System.Buffers;
using FlGlm.Core.Configuration;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// A checkpoint's tokenizer over Hugging Face's engine: a <c>tokenizer.json</c> as published, a SentencePiece <c>.model</c> (BPE or Unigram), or
/// GPT-2's <c>vocab.json</c> and <c>merges.txt</c>. Its ids are those of the published tokenizer.
/// </summary>
/// <remarks>
/// Safe to use from several threads. The engine gives no offsets: <c>EncodeToTokens</c> finds those of tokens that stand in the text as they
/// are, and gives (0, 0) for the others. A surrogate without its other half is taken for U+FFFD.
/// </remarks>
public sealed class HuggingFaceTokenizer : Tokenizer, IDisposable
{
    private readonly TokenizerDefinition _definition;
    private readonly IPieceModel _model;
    private readonly Lazy<TokenizerEngine> _parsing;
    private readonly AddedTokenSplitter _always;
    private readonly AddedTokenSplitter _whenParsed;
    private readonly HashSet<int> _special;
    private readonly string[] _pieces;

    internal HuggingFaceTokenizer(TokenizerDefinition definition)
    {
        _definition = definition;
        _model = (IPieceModel?)definition.Unigram ?? TokenizerEngine.Load(definition.Json!, definition.Path);
        _parsing = new(() => TokenizerEngine.Load(definition.ParsingJson!, definition.Path));
        _always = new(definition.Added.Where(token => !token.IsSpecial));
        _whenParsed = new(definition.Added);
        _special = [.. definition.Added.Where(token => token.IsSpecial).Select(token => token.Id)];
        _pieces = new string[definition.Vocabulary.Values.DefaultIfEmpty(-1).Max() + 1];
        foreach (var (piece, id) in definition.Vocabulary)
            _pieces[id] = piece;
        SpecialTokens = definition.Added.Where(token => token.IsSpecial).ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
    }

    /// <summary>Every piece and added token, with its id.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => _definition.Vocabulary;

    /// <summary>The marks, which are no text: none of them is decoded.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>The mark of unknown characters; null where there is none.</summary>
    public int? UnknownId => _definition.UnknownId;

    /// <summary>The mark that begins a text; null where there is none.</summary>
    public int? BeginningOfSentenceId => _definition.BeginningId;

    /// <summary>The mark that ends a text; null where there is none.</summary>
    public int? EndOfSentenceId => _definition.EndId;

    /// <summary>Whether the published tokenizer begins a text with its mark: <c>add_bos_token</c>, else its post-processor, else its kind.</summary>
    public bool AddsBeginningOfSentence => _definition.AddsBeginning;

    /// <summary>Whether the published tokenizer ends a text with its mark: <c>add_eos_token</c>, else its post-processor.</summary>
    public bool AddsEndOfSentence => _definition.AddsEnd;

    /// <summary>SentencePiece's own normalizer for a <c>.model</c>; null where the engine normalizes.</summary>
    public override Normalizer? Normalizer => _definition.Normalizer;

    /// <summary>How many ids the model's pieces have; added tokens follow.</summary>
    internal int PieceCount => _definition.PieceCount;

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="path">
    /// A <c>tokenizer.json</c> or a <c>.model</c>, or a directory that has one of them or <c>vocab.json</c> and <c>merges.txt</c>.
    /// <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c> count where they stand beside it.
    /// </param>
    /// <exception cref="CheckpointException">There is no such file, or it is broken or of an unknown kind.</exception>
    public static HuggingFaceTokenizer Open(string path) => new(TokenizerFolder.Read(path));

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addBeginningOfSentence">Whether <see cref="BeginningOfSentenceId"/> stands first.</param>
    /// <param name="addEndOfSentence">Whether <see cref="EndOfSentenceId"/> stands last.</param>
    /// <param name="specialTokens">What becomes of special tokens spelled out in the text.</param>
    /// <exception cref="ArgumentException">The text spells one, and they are refused.</exception>
    public IReadOnlyList<int> EncodeToIds(
        string text, bool addBeginningOfSentence, bool addEndOfSentence, SpecialTokenUse specialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (specialTokens == SpecialTokenUse.Refuse && SpecialTokensIn(text).FirstOrDefault() is { } spelled)
            throw new ArgumentException($"The text spells out the special token {spelled}.", nameof(text));
        var ids = Encode(text, specialTokens, considerNormalization: true);
        return [
            .. addBeginningOfSentence && BeginningOfSentenceId is { } beginning ? [beginning] : (int[])[],
            .. ids,
            .. addEndOfSentence && EndOfSentenceId is { } end ? [end] : (int[])[],
        ];
    }

    /// <summary>The special tokens that a text spells out, in order.</summary>
    internal IEnumerable<string> SpecialTokensIn(string text) =>
        _whenParsed.Split(text).Where(part => part.Token is { IsSpecial: true }).Select(part => part.Text);

    /// <summary>Whether an id is a piece of text, rather than a mark or unknown.</summary>
    internal bool IsText(int id) => id >= 0 && id < _pieces.Length && _pieces[id] is not null && !_special.Contains(id);

    /// <summary>The text of ids; marks and ids beyond the vocabulary are left out.</summary>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var known = ids.Where(IsText);
        return _definition.Decoder is { } decoder ? decoder.Decode(known) : ((TokenizerEngine)_model).Decode(known);
    }

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        int[] all = [.. ids];
        var text = Decode(all);
        var fits = text.TryCopyTo(destination);
        (idsConsumed, charsWritten) = fits ? (all.Length, text.Length) : (0, 0);
        return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <summary>Frees the engine. The garbage collector does so too, later.</summary>
    public void Dispose()
    {
        (_model as TokenizerEngine)?.Dispose();
        if (_parsing.IsValueCreated)
            _parsing.Value.Dispose();
    }

    /// <summary>Ids without marks; special tokens spelled out in the text are text.</summary>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        if (settings.MaxTokenCount == int.MaxValue)
        {
            var whole = text ?? textSpan.ToString();
            var all = Encode(whole, SpecialTokenUse.Text, settings.ConsiderNormalization);
            return new EncodeResults<int> { Tokens = all, CharsConsumed = whole.Length };
        }

        var tokens = EncodeToTokens(text, textSpan, settings);
        return new EncodeResults<int>
        {
            Tokens = [.. tokens.Tokens.Select(token => token.Id)],
            NormalizedText = tokens.NormalizedText,
            CharsConsumed = tokens.CharsConsumed,
        };
    }

    /// <summary>Tokens without marks; offsets count in the normalized text where there is one.</summary>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        text = TokenizerEngine.WellFormed(text ?? textSpan.ToString());
        var ids = Encode(text, SpecialTokenUse.Text, settings.ConsiderNormalization);
        var normalized = settings.ConsiderNormalization ? Normalizer?.Normalize(text) : null;
        var tokens = TokenAlignment.Align(normalized ?? text, ids, id => _pieces[id]);
        var isWhole = tokens.Length <= settings.MaxTokenCount;
        tokens = isWhole ? tokens : tokens[..settings.MaxTokenCount];
        return new EncodeResults<EncodedToken>
        {
            Tokens = tokens,
            NormalizedText = normalized,
            CharsConsumed = isWhole ? (normalized ?? text).Length : tokens.Select(token => token.Offset.End.Value).DefaultIfEmpty().Max(),
        };
    }

    private IReadOnlyList<int> Encode(string text, SpecialTokenUse specialTokens, bool considerNormalization)
    {
        var isParsed = specialTokens == SpecialTokenUse.Parse;
        if (_definition.Normalizer is not { } normalizer)
            return (isParsed ? _parsing.Value : _model).Encode(text);
        var ids = new List<int>();
        foreach (var (part, token) in (isParsed ? _whenParsed : _always).Split(TokenizerEngine.WellFormed(text)))
        {
            if (token is not null)
                ids.Add(token.Id);
            else
                AddUsed(_model.Encode(considerNormalization ? normalizer.Normalize(part) : part), ids);
        }

        return ids;
    }

    /// <summary>SentencePiece takes a piece that is not used apart again.</summary>
    private void AddUsed(int[] pieces, List<int> ids)
    {
        foreach (var id in pieces)
        {
            if (_definition.Unused.TryGetValue(id, out var parts))
                AddUsed([parts.Left, parts.Right], ids);
            else
                ids.Add(id);
        }
    }
}
