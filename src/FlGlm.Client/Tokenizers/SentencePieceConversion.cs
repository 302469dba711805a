using System.Globalization;
using System.Text.Json.Nodes;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// Converts a SentencePiece model. Of a BPE Hugging Face's engine gets the pieces with their ids; as merges all splits of a piece into two others,
/// in the order of the merged piece's score; and user-defined pieces as added tokens. A Unigram, normalizing and decoding stay with us: there the
/// engine is not exact.
/// </summary>
internal static class SentencePieceConversion
{
    /// <param name="path">A <c>.model</c>.</param>
    /// <param name="pieces">What the files beside it add.</param>
    internal static TokenizerDefinition Read(string path, SpecialPieces pieces)
    {
        var model = SentencePieceModel.Read(path);
        var texts = model.Pieces.Select(piece => piece.Text).ToArray();
        var vocabulary = texts.Select((text, id) => (text, id)).ToDictionary(piece => piece.text, piece => piece.id, StringComparer.Ordinal);
        var merges = model.IsUnigram ? [] : Merges(model, vocabulary);
        var marks = model.Pieces.Select((piece, id) => new AddedToken(piece.Text, id, IsSpecial: true))
            .Where(piece => model.Pieces[piece.Id].Kind is PieceKind.Unknown or PieceKind.Control);
        var added = pieces.Join([.. marks], vocabulary, path);
        string?[] known = new string?[added.Select(token => token.Id).Append(texts.Length - 1).Max() + 1];
        texts.CopyTo(known, 0);
        foreach (var token in added)
            known[token.Id] = token.IsSpecial ? null : token.Content;
        return new TokenizerDefinition
        {
            Path = path,
            Json = model.IsUnigram ? null : TokenizerJson.Bytes(Engine(model, merges)),
            Unigram = model.IsUnigram ? new UnigramModel(model) : null,
            Vocabulary = vocabulary,
            PieceCount = texts.Length,
            Added = added,
            Normalizer = new SentencePieceNormalizer(model, path),
            Decoder = new PieceDecoder(known, id => id < texts.Length && model.Pieces[id].Kind == PieceKind.Byte, Front(model)),
            Unused = merges.Where(merge => model.Pieces[merge.Id].Kind == PieceKind.Unused)
                .DistinctBy(merge => merge.Id).ToDictionary(merge => merge.Id, merge => (merge.Left, merge.Right)),
            UnknownId = model.UnknownId,
            BeginningId = pieces.Beginning(vocabulary) ?? model.BeginningId,
            EndId = pieces.End(vocabulary) ?? model.EndId,
            AddsBeginning = pieces.AddsBeginning ?? true,
            AddsEnd = pieces.AddsEnd ?? false,
        };
    }

    private static FrontBlanks Front(SentencePieceModel model) =>
        model.RemoveExtraBlanks ? FrontBlanks.OneOfEachPiece : model.AddDummyPrefix ? FrontBlanks.One : FrontBlanks.Stay;

    /// <summary>Every two pieces that make a third, in the order of merging: by the third one's score, then as Hugging Face's converter does.</summary>
    private static List<(int Left, int Right, int Id)> Merges(SentencePieceModel model, Dictionary<string, int> vocabulary)
    {
        var lookup = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<(int Left, int Right, int Id)>();
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            if (!CanMerge(id))
                continue;
            var text = model.Pieces[id].Text.AsSpan();
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (lookup.TryGetValue(text[..cut], out var left) && lookup.TryGetValue(text[cut..], out var right) && CanMerge(left) && CanMerge(right))
                    merges.Add((left, right, id));
            }
        }

        return [.. merges.OrderByDescending(merge => model.Pieces[merge.Id].Score).ThenBy(merge => merge.Id).ThenBy(merge => merge.Left).ThenBy(merge => merge.Right)];

        bool CanMerge(int id) => model.Pieces[id].Kind is PieceKind.Normal or PieceKind.Unused;
    }

    private static JsonObject Engine(SentencePieceModel model, List<(int Left, int Right, int Id)> merges)
    {
        var pieces = model.Pieces;
        var names = pieces.Select((_, id) => Name(model, id)).ToArray();
        var symbols = Enumerable.Range(0, pieces.Count).Where(id => pieces[id].Kind == PieceKind.UserDefined)
            .Select(id => TokenizerJson.AddedToken(pieces[id].Text, id));
        return TokenizerJson.Engine(
            new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = names[model.UnknownId],
                ["fuse_unk"] = true,
                ["byte_fallback"] = model.ByteFallback,
                ["vocab"] = new JsonObject(names.Select((name, id) => KeyValuePair.Create(name, (JsonNode?)id))),
                ["merges"] = new JsonArray([.. merges.Select(merge => new JsonArray(names[merge.Left], names[merge.Right]))]),
            },
            symbols);
    }

    /// <summary>A mark, which no text gives, has a name for the engine that no text contains.</summary>
    private static string Name(SentencePieceModel model, int id) => model.Pieces[id].Kind is PieceKind.Unknown or PieceKind.Control
        ? TokenizerJson.Hidden(id.ToString(CultureInfo.InvariantCulture))
        : model.Pieces[id].Text;
}
