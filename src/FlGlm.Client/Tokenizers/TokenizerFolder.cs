using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tokenizers;

/// <summary>Finds the tokenizer of a checkpoint directory: <c>tokenizer.json</c> first, then a SentencePiece model, then GPT-2's two files.</summary>
internal static class TokenizerFolder
{
    internal const string Json = "tokenizer.json";
    internal const string Model = "tokenizer.model";
    private const string Vocabulary = "vocab.json";
    private const string Merges = "merges.txt";

    /// <summary>The tokenizer of a directory, or of a file.</summary>
    /// <exception cref="CheckpointException">There is none, or it is broken or of an unknown kind.</exception>
    internal static TokenizerDefinition Read(string path)
    {
        if (Directory.Exists(path))
        {
            return ReadDirectory(path, SpecialPieces.Read(path)) ?? throw new CheckpointException(
                path, $"'{path}' has no tokenizer: {Json}, {Model}, or {Vocabulary} and {Merges}.");
        }

        var pieces = SpecialPieces.Read(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? TokenizerJsonFile.Read(path, pieces) : SentencePieceConversion.Read(path, pieces);
    }

    /// <summary>The tokenizer of a directory; null where it has none.</summary>
    internal static TokenizerDefinition? ReadDirectory(string directory, SpecialPieces pieces)
    {
        if (File.Exists(Path.Combine(directory, Json)))
            return TokenizerJsonFile.Read(Path.Combine(directory, Json), pieces);
        if (File.Exists(Path.Combine(directory, Model)))
            return SentencePieceConversion.Read(Path.Combine(directory, Model), pieces);
        var (vocabulary, merges) = (Path.Combine(directory, Vocabulary), Path.Combine(directory, Merges));
        return File.Exists(vocabulary) && File.Exists(merges) ? BytePairFiles.Read(vocabulary, merges, pieces) : null;
    }

    /// <summary>
    /// Compares a <c>tokenizer.json</c> with the <c>tokenizer.model</c> beside it: one line that names the first piece where they differ; null where
    /// they are the same, or where there is only one of them.
    /// </summary>
    /// <exception cref="CheckpointException">The <c>tokenizer.model</c> is none.</exception>
    internal static string? Difference(string directory, TokenizerDefinition definition)
    {
        var path = Path.Combine(directory, Model);
        if (Path.GetFileName(definition.Path) != Json || !File.Exists(path))
            return null;
        var pieces = SentencePieceModel.Read(path).Pieces;
        var byId = definition.Vocabulary.ToLookup(piece => piece.Value, piece => piece.Key);
        for (var id = 0; id < pieces.Count; id++)
        {
            if (!byId[id].Contains(pieces[id].Text))
            {
                var difference = $"'{byId[id].FirstOrDefault() ?? "nothing"}' and '{pieces[id].Text}'".ReplaceLineEndings("\\n");
                return $"'{definition.Path}' and the tokenizer.model beside it differ, first at id {id}: {difference}. What is in tokenizer.json counts.";
            }
        }

        return null;
    }
}
