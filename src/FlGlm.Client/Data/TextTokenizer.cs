using FlGlm.Core.Configuration;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Data;

/// <summary>The tokenizer of a checkpoint directory. Immutable, and safe to use from several threads.</summary>
public sealed class TextTokenizer
{
    private readonly SentencePieceTokenizer _tokenizer;

    private TextTokenizer(SentencePieceTokenizer tokenizer, ModelIds ids, MarkSettings marks)
    {
        _tokenizer = tokenizer;
        BosId = ids.Bos ?? Known(tokenizer.BeginningOfSentenceId);
        EosId = ids.Eos ?? Known(tokenizer.EndOfSentenceId);
        VocabularySize = tokenizer.Vocabulary.Values.Max() + 1;
        AddsBos = marks.AddBos && BosId is not null;
        AddsEos = marks.AddEos && EosId is not null;
    }

    /// <summary>The id before a text: the model's <c>bos_token_id</c>, else the tokenizer's own; null where there is none.</summary>
    public int? BosId { get; }

    /// <summary>The id after an answer: the model's (first) <c>eos_token_id</c>, else the tokenizer's own; null where there is none.</summary>
    public int? EosId { get; }

    /// <summary>Pieces of the tokenizer; the model's vocabulary V may be larger.</summary>
    public int VocabularySize { get; }

    /// <summary>Whether a text begins with <see cref="BosId"/>: <c>add_bos_token</c> of tokenizer_config.json, yes by default.</summary>
    public bool AddsBos { get; }

    /// <summary>Whether a text ends with <see cref="EosId"/>: <c>add_eos_token</c> of tokenizer_config.json, no by default.</summary>
    public bool AddsEos { get; }

    /// <summary>Opens <c>tokenizer.model</c> of a checkpoint directory and checks it against its <c>config.json</c>.</summary>
    /// <param name="directory">A Hugging Face checkpoint directory.</param>
    /// <exception cref="CheckpointException">A file is missing or malformed, or the tokenizer is not this model's.</exception>
    public static TextTokenizer Open(string directory)
    {
        var path = FindModel(directory);
        var ids = ModelIds.Read(Path.Combine(directory, "config.json"));
        var tokenizer = new TextTokenizer(OpenModel(path), ids, MarkSettings.Read(Path.Combine(directory, "tokenizer_config.json")));
        if (tokenizer.VocabularySize > ids.VocabularySize)
        {
            throw new CheckpointException(path, $"'{path}' has {tokenizer.VocabularySize} pieces, more than the model's vocab_size {ids.VocabularySize}: it is another model's tokenizer.");
        }
        foreach (var (name, id) in new[] { ("bos", tokenizer.BosId), ("eos", tokenizer.EosId) })
        {
            if (id >= ids.VocabularySize)
                throw new CheckpointException(path, $"The {name} id {id} of '{directory}' lies outside the model's vocab_size {ids.VocabularySize}: correct config.json.");
        }
        return tokenizer;
    }

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text, also none.</param>
    /// <param name="addBos">Whether <see cref="BosId"/> stands first.</param>
    public IReadOnlyList<int> Encode(string text, bool addBos)
    {
        var ids = _tokenizer.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false);
        return addBos && BosId is { } bos ? [bos, .. ids] : ids;
    }

    /// <summary>The text of ids; marks and ids beyond the tokenizer's vocabulary are left out.</summary>
    public string Decode(IEnumerable<int> ids) => _tokenizer.Decode(ids);

    private static int? Known(int id) => id < 0 ? null : id;

    private static string FindModel(string directory)
    {
        var path = Path.Combine(directory, "tokenizer.model");
        if (File.Exists(path))
            return path;
        if (!Directory.Exists(directory))
            throw new CheckpointException(directory, $"There is no checkpoint directory '{directory}'.");
        var found = File.Exists(Path.Combine(directory, "tokenizer.json")) ? "only a tokenizer.json" : "no tokenizer";
        throw new CheckpointException(directory, $"'{directory}' has {found}: the model's tokenizer.model (SentencePiece) is needed; copy it there.");
    }

    private static SentencePieceTokenizer OpenModel(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return SentencePieceTokenizer.Create(stream);
        }
        catch (Exception error) when (error is not (OutOfMemoryException or DllNotFoundException))
        {
            throw new CheckpointException(path, $"'{path}' cannot be read as a SentencePiece model; fetch it anew.", inner: error);
        }
    }
}
