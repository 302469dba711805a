using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// Reads a published <c>tokenizer.json</c> (Hugging Face) and rewrites it: marks are added by us, so there is no post-processor; nothing is cut
/// or padded; and one form of it takes special tokens for text.
/// </summary>
internal static class TokenizerJsonFile
{
    private static readonly string[] Known = ["BPE", "Unigram", "WordPiece", "WordLevel"];

    /// <exception cref="CheckpointException">The file cannot be read, or describes no tokenizer that we know.</exception>
    internal static TokenizerDefinition Read(string path, SpecialPieces pieces)
    {
        try
        {
            return Read(JsonNode.Parse(LfsPointer.ReadFile(path)) as JsonObject ?? throw new JsonException("not an object"), path, pieces);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read: {error.Message}", inner: error);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read as a JSON object; fetch it anew.", inner: error);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or KeyNotFoundException or NullReferenceException or InvalidCastException)
        {
            throw new CheckpointException(path, $"'{path}' describes no tokenizer: a field of it is missing or of another type; fetch it anew.", inner: error);
        }
    }

    private static TokenizerDefinition Read(JsonObject json, string path, SpecialPieces pieces)
    {
        var model = json["model"] as JsonObject ?? throw new CheckpointException(path, $"'{path}' describes no tokenizer: it has no 'model'.");
        var type = model["type"] is JsonValue name ? name.GetValue<string>() : model["merges"] is null ? "" : "BPE";
        if (!Known.Contains(type))
            throw new CheckpointException(path, $"'{path}' describes a '{type}' tokenizer; BPE, Unigram, WordPiece and WordLevel are known.");
        CheckMerges(model, path);
        var pieceIds = Vocabulary(model);
        var vocabulary = new Dictionary<string, int>(pieceIds, StringComparer.Ordinal);
        var own = Added(json);
        foreach (var token in own)
            vocabulary[token.Content] = token.Id;
        var known = vocabulary.Count;
        var added = pieces.Join(own, vocabulary, path);
        var hasMore = vocabulary.Count > known || added.Count > own.Length;
        CheckIds(hasMore ? added : own, pieceIds, path);
        if (hasMore)
            json["added_tokens"] = new JsonArray([.. Merge(json["added_tokens"] as JsonArray, own, added)]);
        var marks = TokenizerJsonMarks.Read(json["post_processor"]);
        foreach (var key in (string[])["post_processor", "truncation", "padding"])
            json[key] = null;
        var parsing = TokenizerJson.Bytes(json);
        HideSpecials(json, model, type, added);
        return new TokenizerDefinition
        {
            Path = path,
            Json = TokenizerJson.Bytes(json),
            ParsingJson = parsing,
            Vocabulary = vocabulary,
            PieceCount = pieceIds.Values.DefaultIfEmpty(-1).Max() + 1,
            Added = added,
            Decoder = Decoder(json["decoder"], vocabulary, added),
            UnknownId = UnknownId(model, vocabulary),
            BeginningId = pieces.Beginning(vocabulary) ?? marks.Beginning ?? Id(vocabulary, "<s>"),
            EndId = pieces.End(vocabulary) ?? marks.End ?? Id(vocabulary, "</s>"),
            AddsBeginning = pieces.AddsBeginning ?? marks.Beginning is not null,
            AddsEnd = pieces.AddsEnd ?? marks.End is not null,
        };
    }

    /// <summary>The engine would end the process at a merge whose second part is shorter than the prefix that it takes off.</summary>
    private static void CheckMerges(JsonObject model, string path)
    {
        if (model["continuing_subword_prefix"] is not JsonValue prefix || prefix.GetValue<string>().Length == 0)
            return;
        foreach (var merge in model["merges"]?.AsArray() ?? [])
        {
            var right = merge is JsonArray pair ? pair[1]!.GetValue<string>() : merge!.GetValue<string>().Split(' ')[^1];
            if (!right.StartsWith(prefix.GetValue<string>(), StringComparison.Ordinal))
                throw new CheckpointException(path, $"'{path}' describes no tokenizer: the merge '{right}' lacks its continuing_subword_prefix.");
        }
    }

    /// <summary>The engine numbers the added tokens that its model does not know by itself, one after the other.</summary>
    private static void CheckIds(IReadOnlyList<AddedToken> added, Dictionary<string, int> pieces, string path)
    {
        var next = pieces.Count;
        foreach (var token in added)
        {
            var place = pieces.TryGetValue(token.Content, out var id) ? id : next;
            if (token.Id != place)
            {
                throw new CheckpointException(
                    path, $"'{path}' describes no tokenizer: the added token {token.Content} has the id {token.Id}, and {place} is its place.");
            }

            next = Math.Max(next, token.Id + 1);
        }
    }

    private static Dictionary<string, int> Vocabulary(JsonObject model)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        if (model["vocab"] is JsonArray scored)
        {
            for (var id = 0; id < scored.Count; id++)
                vocabulary[scored[id]![0]!.GetValue<string>()] = id;
        }
        else
        {
            foreach (var (piece, id) in model["vocab"]!.AsObject())
                vocabulary[piece] = TokenizerJson.Id(id!.GetValue<int>());
        }

        return vocabulary;
    }

    private static AddedToken[] Added(JsonObject json) => [.. (json["added_tokens"]?.AsArray() ?? []).Select(token =>
        SpecialPieces.Token(token!["content"]!.GetValue<string>(), TokenizerJson.Id(token["id"]!.GetValue<int>()), JsonSerializer.SerializeToElement(token)))];

    /// <summary>The file's own tokens as they stand, and behind them the new ones, in the order of their ids.</summary>
    private static IEnumerable<JsonNode> Merge(JsonArray? own, AddedToken[] ownTokens, IReadOnlyList<AddedToken> all)
    {
        var names = ownTokens.Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        return (own ?? []).Select(token => token!.DeepClone()).Concat(all.Where(token => !names.Contains(token.Content)).Select(TokenizerJson.AddedToken))
            .OrderBy(token => token["id"]!.GetValue<int>());
    }

    /// <summary>
    /// Takes special tokens from those that are looked for. One that the model does not know stays under another name, so that the others keep
    /// their ids; a Unigram would find one among its pieces, which therefore gets another name too.
    /// </summary>
    private static void HideSpecials(JsonObject json, JsonObject model, string type, IReadOnlyList<AddedToken> added)
    {
        var special = added.Where(token => token.IsSpecial).Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        var scored = type == "Unigram" ? model["vocab"]!.AsArray() : null;
        foreach (var piece in scored ?? [])
        {
            if (piece![0]!.GetValue<string>() is var name && special.Contains(name))
                piece[0] = TokenizerJson.Hidden(name);
        }

        var kept = new JsonArray();
        foreach (var token in json["added_tokens"]?.AsArray() ?? [])
        {
            var name = token!["content"]!.GetValue<string>();
            if (special.Contains(name) && (scored is not null ? token["id"]!.GetValue<int>() < scored.Count : model["vocab"]!.AsObject().ContainsKey(name)))
                continue;
            var copy = token.DeepClone();
            if (special.Contains(name))
                copy["content"] = TokenizerJson.Hidden(name);
            kept.Add(copy);
        }

        json["added_tokens"] = kept;
    }

    /// <summary>Ours in the place of Llama's: Replace, ByteFallback, Fuse, Strip. The engine's would lose a whole run of bytes for one that is wrong.</summary>
    private static PieceDecoder? Decoder(JsonNode? decoder, Dictionary<string, int> vocabulary, IReadOnlyList<AddedToken> added)
    {
        var steps = decoder?["decoders"]?.AsArray().Select(step => step?["type"]?.GetValue<string>()).ToArray() ?? [];
        if (steps is not (["Replace", "ByteFallback", "Fuse"] or ["Replace", "ByteFallback", "Fuse", "Strip"]))
            return null;
        var pieces = new string?[vocabulary.Values.Max() + 1];
        foreach (var (piece, id) in vocabulary)
            pieces[id] = piece;
        foreach (var token in added.Where(token => token.IsSpecial))
            pieces[token.Id] = null;
        return new PieceDecoder(pieces, id => PieceDecoder.IsByteName(pieces[id]!), steps.Length == 4 ? FrontBlanks.One : FrontBlanks.Stay);
    }

    private static int? UnknownId(JsonObject model, Dictionary<string, int> vocabulary) =>
        model["unk_id"] is JsonValue id ? id.GetValue<int>() : model["unk_token"] is JsonValue token ? Id(vocabulary, token.GetValue<string>()) : null;

    private static int? Id(Dictionary<string, int> vocabulary, string piece) => vocabulary.TryGetValue(piece, out var id) ? id : null;
}
