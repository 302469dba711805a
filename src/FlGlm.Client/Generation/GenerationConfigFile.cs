using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;

namespace FlGlm.Client.Generation;

/// <summary>A checkpoint's <c>generation_config.json</c>, of which only <c>eos_token_id</c> is read (by <see cref="TextTokenizer"/>).</summary>
public static class GenerationConfigFile
{
    private static readonly HashSet<string> Known = ["_from_model_config", "bos_token_id", "eos_token_id", "pad_token_id", "transformers_version"];

    /// <summary>The keys that say how tokens are chosen and that are not read; none without the file.</summary>
    /// <exception cref="FlGlm.Core.Configuration.CheckpointException">The file is no JSON object.</exception>
    public static IReadOnlyList<string> Unused(string directory)
    {
        var json = JsonFile.FindObject(Path.Combine(directory, "generation_config.json"));
        return json is null ? [] : UnusedKeys.Of(json.Value, Known);
    }
}
