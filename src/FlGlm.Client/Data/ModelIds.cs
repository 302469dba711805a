using System.Text.Json;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Data;

/// <summary>What a model's <c>config.json</c> says of its vocabulary.</summary>
/// <param name="VocabularySize">V, <c>vocab_size</c> (ChatGLM2: <c>padded_vocab_size</c>).</param>
/// <param name="Bos"><c>bos_token_id</c>.</param>
/// <param name="Eos"><c>eos_token_id</c>, of a list the first.</param>
/// <param name="Marks">What every row of a ChatGLM-6B holds; null for other families.</param>
internal sealed record ModelIds(int VocabularySize, int? Bos, int? Eos, ContextMarks? Marks)
{
    internal static ModelIds Read(string path)
    {
        using var json = JsonFile.Read(path) ?? throw new CheckpointException(path, $"There is no '{path}'; a checkpoint directory has a config.json.");
        var config = json.RootElement;
        var size = Number(config, "vocab_size") ?? Number(config, "padded_vocab_size")
            ?? throw new CheckpointException(path, $"'{path}' has no vocab_size.");
        return new ModelIds(size, Number(config, "bos_token_id"), Number(config, "eos_token_id"), MarksOf(config));
    }

    /// <summary>A ChatGLM-6B is told by its <c>inner_hidden_size</c>; its published marks stand in for those that the file leaves out.</summary>
    private static ContextMarks? MarksOf(JsonElement config) => !config.TryGetProperty("inner_hidden_size", out _) ? null : new ContextMarks(
        Number(config, "bos_token_id") ?? 130004, Number(config, "gmask_token_id") ?? 130001, Number(config, "mask_token_id") ?? 130000);

    private static int? Number(JsonElement config, string key)
    {
        if (!config.TryGetProperty(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
            value = value[0];
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : null;
    }
}
