using System.Text.Json;
using FlGlm.Testing;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Tokenizers.Tests;

/// <summary>Published SentencePiece models and the ids that their makers' own code gives.</summary>
internal static class TestModels
{
    internal static string Path(string model) => model switch
    {
        "stories260K" => SharedFolder.At("data", "weights", "stories260K-hf", "tokenizer.model"),
        _ => SharedFolder.At("data", "tokenizers", model, "tokenizer.model"),
    };

    internal static SentencePieceTokenizer Open(string model, IReadOnlyDictionary<string, int>? specialTokens = null)
    {
        using var stream = File.OpenRead(Path(model));
        return SentencePieceTokenizer.Create(stream, specialTokens: specialTokens);
    }

    internal static IEnumerable<(string Text, int[] Ids)> Vectors(string model)
    {
        var file = model == "stories260K"
            ? SharedFolder.At("data", "weights", "stories260K-hf", "tokenizer_vectors.json")
            : SharedFolder.At("data", "tokenizers", model, "vectors.json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (var item in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            var ids = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32());
            yield return (item.GetProperty("text").GetString()!, [.. ids]);
        }
    }
}
