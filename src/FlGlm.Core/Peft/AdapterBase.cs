using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;

namespace FlGlm.Core.Peft;

/// <summary>
/// Is an adapter's base model the one at hand? Models of the same shapes can be told apart by their names alone, and those are paths that differ
/// between machines: only their last segments are compared, and the answer is no more than a doubt.
/// </summary>
public static class AdapterBase
{
    private const string NameKey = "_name_or_path";

    /// <param name="start">an adapter, or a directory of parts</param>
    /// <returns>one line for the log; null where the names agree, or one is not known</returns>
    /// <exception cref="CheckpointException">the adapter's configuration is damaged</exception>
    public static string? Warning(string start, HfCheckpoint model)
    {
        if (NameIn(start) is not { Length: > 0 } recorded)
            return null;
        string?[] names = [Path.GetFullPath(model.Directory), Text(model.Config)];
        return names.Any(name => name is not null && LastSegment(name).Equals(LastSegment(recorded), StringComparison.OrdinalIgnoreCase))
            ? null
            : $"'{start}' was trained on '{recorded}', by its name another model than '{model.Directory}'; it is of use only with the same weights.";
    }

    private static string? NameIn(string start)
    {
        var adapter = Enum.GetValues<StageName>().Select(stage => AdapterFormats.Find(start, stage)).FirstOrDefault(found => found is not null);
        return adapter is null ? null
            : AdapterDirectory.IsAt(adapter) ? AdapterDirectory.ReadConfig(adapter).BaseModel
            : Text(JsonFile.ReadObject(Path.Combine(adapter, "config.json")));
    }

    private static string? Text(JsonElement config) =>
        config.TryGetProperty(NameKey, out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    /// <summary>Of a path of this machine, of another one's, or of a published name.</summary>
    private static string LastSegment(string name) => name.TrimEnd('/', '\\').Split('/', '\\')[^1];
}
