using System.Collections.Concurrent;
using System.Text.Json;
using FlGlm.Client.Tokenizers;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

/// <summary>Published tokenizers and the ids that their makers' own code gives.</summary>
internal static class PublishedTokenizers
{
    private static readonly ConcurrentDictionary<string, Lazy<HuggingFaceTokenizer>> Opened = new();

    /// <summary>The file, or for gpt2 the folder, of a tokenizer; <c>llama2.json</c> is that of Llama-2's tokenizer.json.</summary>
    internal static string Path(string name) => name switch
    {
        "stories260K" => SharedFolder.At("data", "weights", "stories260K-hf", "tokenizer.model"),
        "gpt2" => SharedFolder.At("data", "tokenizers", "gpt2"),
        "llama2.json" => SharedFolder.At("data", "tokenizers", "llama2", "tokenizer.json"),
        _ => SharedFolder.At("data", "tokenizers", name, "tokenizer.model"),
    };

    internal static HuggingFaceTokenizer Open(string name) => HuggingFaceTokenizer.Open(Path(name));

    /// <summary>The one that all tests share, which nobody disposes of: reading a large one takes longer than what is tested with it.</summary>
    internal static HuggingFaceTokenizer Shared(string name) => Opened.GetOrAdd(name, _ => new(() => Open(name))).Value;

    internal static List<(string Text, int[] Ids)> Vectors(string name)
    {
        var file = name == "stories260K"
            ? SharedFolder.At("data", "weights", "stories260K-hf", "tokenizer_vectors.json")
            : SharedFolder.At("data", "tokenizers", name.Replace(".json", "", StringComparison.Ordinal), "vectors.json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(item => (
            item.GetProperty("text").GetString()!, item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray()))];
    }
}
