namespace FlGlm.Client.Tokenizers;

/// <summary>What a <see cref="HuggingFaceTokenizer"/> is made of, whichever files it comes from.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>The file that it was read from, for messages.</summary>
    internal required string Path { get; init; }

    /// <summary>The engine's JSON, without post-processor and without special tokens; null where <see cref="Unigram"/> stands in its place.</summary>
    internal byte[]? Json { get; init; }

    /// <summary>A SentencePiece model of the kind for which the engine is not exact.</summary>
    internal UnigramModel? Unigram { get; init; }

    /// <summary>The same with special tokens; null where they are found by us (<see cref="Added"/>).</summary>
    internal byte[]? ParsingJson { get; init; }

    /// <summary>Every piece and added token with its id.</summary>
    internal required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>Ids of the model's own pieces; those of added tokens follow.</summary>
    internal required int PieceCount { get; init; }

    /// <summary>Tokens found in a text before the model sees it: special ones where they are parsed, the others always.</summary>
    internal required IReadOnlyList<AddedToken> Added { get; init; }

    /// <summary>Applied by us before the engine; null where the engine has its own.</summary>
    internal SentencePieceNormalizer? Normalizer { get; init; }

    /// <summary>Decodes in the engine's place.</summary>
    internal PieceDecoder? Decoder { get; init; }

    /// <summary>Pieces that are not used, and the two that stand in the place of each.</summary>
    internal IReadOnlyDictionary<int, (int Left, int Right)> Unused { get; init; } = new Dictionary<int, (int Left, int Right)>();

    internal int? UnknownId { get; init; }

    internal int? BeginningId { get; init; }

    internal int? EndId { get; init; }

    /// <summary>Whether a prompt begins with the beginning mark.</summary>
    internal bool AddsBeginning { get; init; }

    /// <summary>Whether a text ends with the end mark.</summary>
    internal bool AddsEnd { get; init; }
}
