using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>What a model's <c>config.json</c> says of its vocabulary.</summary>
/// <param name="VocabularySize">V, <c>vocab_size</c> (ChatGLM2: <c>padded_vocab_size</c>).</param>
/// <param name="Bos"><c>bos_token_id</c>.</param>
/// <param name="Eos"><c>eos_token_id</c>, of a list the first.</param>
internal sealed record ModelIds(int VocabularySize, int? Bos, int? Eos)
{
    internal static ModelIds Read(string path)
    {
        using var json = JsonFile.Read(path) ?? throw new CheckpointException(path, $"There is no '{path}'; a checkpoint directory has a config.json.");
        var config = json.RootElement;
        var size = Number(config, "vocab_size") ?? Number(config, "padded_vocab_size")
            ?? throw new CheckpointException(path, $"'{path}' has no vocab_size.");
        return new ModelIds(size, Number(config, "bos_token_id"), Number(config, "eos_token_id"));
    }

    private static int? Number(JsonElement config, string key)
    {
        if (!config.TryGetProperty(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
            value = value[0];
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : null;
    }
}
