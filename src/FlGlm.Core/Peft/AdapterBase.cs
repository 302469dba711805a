using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;

namespace FlGlm.Core.Peft;

/// <summary>
/// Compares the base model that an adapter names with the model of this run. Models of the same shapes differ only in their names, and names
/// are paths that differ between machines: only their last segments are compared, and a difference gives only a warning.
/// </summary>
public static class AdapterBase
{
    private const string NameKey = "_name_or_path";

    /// <param name="start">an adapter, or a directory of parts</param>
    /// <returns>one line for the log; null if the names agree, or one is unknown</returns>
    /// <exception cref="CheckpointException">the adapter's configuration is damaged</exception>
    public static string? Warning(string start, HfCheckpoint model)
    {
        if (NameIn(start) is not { Length: > 0 } recorded)
            return null;
        string?[] names = [Path.GetFullPath(model.Directory), Text(model.Config)];
        return names.Any(name => name is not null && LastSegment(name).Equals(LastSegment(recorded), StringComparison.OrdinalIgnoreCase))
            ? null
            : $"'{start}' was trained on '{recorded}', whose name differs from that of '{model.Directory}'; it works only with the same weights.";
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

    /// <summary>The last segment of a path (with either kind of slash) or of a published name.</summary>
    private static string LastSegment(string name) => name.TrimEnd('/', '\\').Split('/', '\\')[^1];
}
