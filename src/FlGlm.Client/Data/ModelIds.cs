using System.Text.Json;
using FlGlm.Client.Data.Families;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Data;

/// <summary>What a model's <c>config.json</c> says of its vocabulary.</summary>
/// <param name="VocabularySize">V, <c>vocab_size</c> (ChatGLM2: <c>padded_vocab_size</c>).</param>
/// <param name="Bos"><c>bos_token_id</c>.</param>
/// <param name="Eos"><c>eos_token_id</c>, one or a list; none where the file names none.</param>
/// <param name="Marks">What every row of a ChatGLM-6B holds; null for other families.</param>
internal sealed record ModelIds(int VocabularySize, int? Bos, IReadOnlyList<int> Eos, ContextMarks? Marks)
{
    /// <summary>Those of the model's family.</summary>
    internal required TextFiles Files { get; init; }

    /// <summary>Ids that end an answer too: <c>eos_token_id</c> of <c>generation_config.json</c>.</summary>
    internal IReadOnlyList<int> MoreStops { get; private init; } = [];

    /// <summary>Whether <c>_name_or_path</c> says that the weights came from ChatGLM3's; false tells nothing.</summary>
    internal bool IsChatGlm3 { get; private init; }

    internal static ModelIds Read(string path)
    {
        var config = JsonFile.FindObject(path)
            ?? throw new CheckpointException(path, $"There is no '{path}'; a checkpoint directory has a config.json.");
        var generation = JsonFile.FindObject(Path.Combine(Path.GetDirectoryName(path)!, "generation_config.json"));
        var files = TextFiles.Of(ModelFamily.NameOf(config, path));
        var size = Number(config, files.VocabularyKey) ?? throw new CheckpointException(path, $"'{path}' has no {files.VocabularyKey}.");
        return new ModelIds(size, Number(config, "bos_token_id"), Numbers(config, "eos_token_id"), files.ReadMarks(config, path))
        {
            Files = files,
            MoreStops = generation is null ? [] : Numbers(generation.Value, "eos_token_id"),
            IsChatGlm3 = JsonFile.Mentions(config, "_name_or_path", "chatglm3"),
        };
    }

    private static int? Number(JsonElement config, string key) => Numbers(config, key) is [var first, ..] ? first : null;

    private static List<int> Numbers(JsonElement config, string key)
    {
        if (!config.TryGetProperty(key, out var value))
            return [];
        IEnumerable<JsonElement> values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. values.Select(Id).OfType<int>()];
    }

    private static int? Id(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : null;
}
