using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tokenizers;

/// <summary>Converts GPT-2's <c>vocab.json</c> and <c>merges.txt</c>, whose pieces are made of bytes (Hugging Face's GPT2Tokenizer).</summary>
internal static class BytePairFiles
{
    private const string EndOfText = "<|endoftext|>";

    /// <exception cref="CheckpointException">One of the files cannot be read, or is none of these.</exception>
    internal static TokenizerDefinition Read(string vocabularyPath, string mergesPath, SpecialPieces pieces)
    {
        var vocabulary = Vocabulary(vocabularyPath);
        var engine = new JsonObject(vocabulary.Select(piece => KeyValuePair.Create(piece.Key, (JsonNode?)piece.Value)));
        var merges = Merges(mergesPath, vocabulary);
        var pieceCount = vocabulary.Values.Max() + 1;
        AddedToken[] marks = vocabulary.TryGetValue(EndOfText, out var end) ? [new AddedToken(EndOfText, end, IsSpecial: true)] : [];
        var added = pieces.Join(marks, vocabulary, vocabularyPath);
        var json = TokenizerJson.Engine(
            new JsonObject { ["type"] = "BPE", ["byte_fallback"] = false, ["vocab"] = engine, ["merges"] = merges },
            added.Select(TokenizerJson.AddedToken));
        json["pre_tokenizer"] = Bytes(pieces.AddsPrefixSpace == true);
        json["decoder"] = Bytes(addsPrefixSpace: false);
        var parsing = TokenizerJson.Bytes(json);
        json["added_tokens"] = new JsonArray([.. added.Where(token => !token.IsSpecial).Select(TokenizerJson.AddedToken)]);
        return new TokenizerDefinition
        {
            Path = vocabularyPath,
            Json = TokenizerJson.Bytes(json),
            ParsingJson = parsing,
            Vocabulary = vocabulary,
            PieceCount = pieceCount,
            Added = added,
            BeginningId = pieces.Beginning(vocabulary) ?? (marks.Length > 0 ? end : null),
            EndId = pieces.End(vocabulary) ?? (marks.Length > 0 ? end : null),
            AddsBeginning = pieces.AddsBeginning ?? false,
            AddsEnd = pieces.AddsEnd ?? false,
        };
    }

    private static JsonObject Bytes(bool addsPrefixSpace) => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = addsPrefixSpace,
        ["trim_offsets"] = true,
        ["use_regex"] = true,
    };

    private static Dictionary<string, int> Vocabulary(string path)
    {
        var json = JsonFile.FindObject(path)!.Value;
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var piece in json.EnumerateObject())
        {
            if (piece.Value.ValueKind != JsonValueKind.Number || !piece.Value.TryGetInt32(out var id) || id is < 0 or >= TokenizerJson.MostIds)
                throw new CheckpointException(path, $"'{path}' is no vocabulary: {piece.Name} has no id; 0 or more.");
            vocabulary[piece.Name] = id;
        }

        return vocabulary.Count > 0 ? vocabulary : throw new CheckpointException(path, $"'{path}' is no vocabulary: it is empty.");
    }

    private static JsonArray Merges(string path, Dictionary<string, int> vocabulary)
    {
        var merges = new JsonArray();
        var lines = ReadLines(path);
        for (var line = 0; line < lines.Length; line++)
        {
            if (lines[line].Length == 0 || (line == 0 && lines[line].StartsWith("#version", StringComparison.Ordinal)))
                continue;
            if (lines[line].Split(' ') is not [var left, var right] || !vocabulary.ContainsKey(left) || !vocabulary.ContainsKey(right)
                || !vocabulary.ContainsKey(left + right))
            {
                throw new CheckpointException(path, $"'{path}', line {line + 1}, is no merge of two pieces of vocab.json: take both files from one release.");
            }

            merges.Add((JsonNode)new JsonArray(left, right));
        }

        return merges;
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read: {error.Message}", inner: error);
        }
    }
}
