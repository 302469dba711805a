using System.Text.Json.Nodes;

namespace FlGlm.Testing;

/// <summary>
/// Writes a <c>tokenizer.json</c> of Llama-3's kind: byte-level BPE with a few merges, ids 0 to 255 for the bytes in GPT-2's order, then the
/// merges' pieces, then the marks.
/// </summary>
public static class ByteLevelTokenizer
{
    /// <summary>The number of ids.</summary>
    public const int Size = 264;

    public const int Beginning = 259;
    public const int End = 260;
    public const int StartHeader = 261;
    public const int EndHeader = 262;
    public const int EndOfTurn = 263;

    private const string Split =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly string[] Marks = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"];

    private static readonly (string Left, string Right)[] Merges = [("Ċ", "Ċ"), ("u", "s"), ("Ġ", "a")];

    /// <summary>Writes <c>tokenizer.json</c> and a <c>tokenizer_config.json</c> without a chat template.</summary>
    public static void WriteTo(string directory)
    {
        var vocabulary = new JsonObject();
        foreach (var letter in Letters())
            vocabulary[letter.ToString()] = vocabulary.Count;
        foreach (var (left, right) in Merges)
            vocabulary[left + right] = vocabulary.Count;
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. Marks.Select(Added)]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = Split }, ["behavior"] = "Isolated", ["invert"] = false },
                    ByteLevel()),
            },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Special(Marks[0]), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }),
                ["pair"] = new JsonArray(),
                ["special_tokens"] = new JsonObject
                {
                    [Marks[0]] = new JsonObject { ["id"] = Marks[0], ["ids"] = new JsonArray(Beginning), ["tokens"] = new JsonArray(Marks[0]) },
                },
            },
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["ignore_merges"] = true,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. Merges.Select(merge => (JsonNode)$"{merge.Left} {merge.Right}")]),
            },
        };
        File.WriteAllText(Path.Combine(directory, "tokenizer.json"), tokenizer.ToJsonString());
        File.WriteAllText(
            Path.Combine(directory, "tokenizer_config.json"),
            $$"""{"bos_token": "{{Marks[0]}}", "eos_token": "{{Marks[1]}}", "tokenizer_class": "PreTrainedTokenizerFast"}""");
    }

    private static JsonObject ByteLevel() =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false };

    private static JsonObject Special(string mark) => new() { ["SpecialToken"] = new JsonObject { ["id"] = mark, ["type_id"] = 0 } };

    private static JsonNode Added(string mark, int index) => new JsonObject
    {
        ["id"] = Beginning + index, ["content"] = mark, ["special"] = true, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false,
    };

    /// <summary>GPT-2's letters for the bytes: printable ones stand for themselves, the others for letters from U+0100 on.</summary>
    private static IEnumerable<char> Letters()
    {
        var other = 0x100;
        for (var value = 0; value < 256; value++)
            yield return value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : (char)other++;
    }
}
