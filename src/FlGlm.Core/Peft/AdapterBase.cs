using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Peft;

/// <summary>
/// Is an adapter's base model the one at hand? Models of the same shapes can be told apart by their names alone, and those are paths that differ
/// between machines: only their last segments are compared, and the answer is no more than a doubt.
/// </summary>
public static class AdapterBase
{
    private const string NameKey = "_name_or_path";

    /// <param name="adapter">a PEFT adapter, or a prefix of ChatGLM's own trainer</param>
    /// <returns>one line for the log; null where the names agree, or one is not known</returns>
    /// <exception cref="CheckpointException">the adapter's configuration is damaged</exception>
    public static string? Doubt(string adapter, HfCheckpoint model)
    {
        if (NameIn(adapter) is not { Length: > 0 } recorded)
            return null;
        string?[] names = [Path.GetFullPath(model.Directory), Text(model.Config)];
        return names.Any(name => name is not null && LastSegment(name).Equals(LastSegment(recorded), StringComparison.OrdinalIgnoreCase))
            ? null
            : $"'{adapter}' was trained on '{recorded}', by its name another model than '{model.Directory}'; it is of use only with the same weights.";
    }

    private static string? NameIn(string adapter) =>
        AdapterDirectory.IsAt(adapter) ? AdapterDirectory.ReadConfig(adapter).BaseModel
        : PublishedPrefix.IsAt(adapter) ? Text(JsonFile.ReadObject(Path.Combine(adapter, "config.json")))
        : null;

    private static string? Text(JsonElement config) =>
        config.TryGetProperty(NameKey, out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    /// <summary>Of a path of this machine, of another one's, or of a published name.</summary>
    private static string LastSegment(string name) => name.TrimEnd('/', '\\').Split('/', '\\')[^1];
}
