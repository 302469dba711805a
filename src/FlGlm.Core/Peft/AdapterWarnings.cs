using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Core.Peft;

/// <summary>
/// What a user should know of an adapter that can be loaded: a base model of another name, and keys of its configuration that PEFT does not
/// have. Models of the same shapes differ only in their names, and names are paths that differ between machines: only their last segments are
/// compared.
/// </summary>
internal static class AdapterWarnings
{
    private const string NameKey = "_name_or_path";

    /// <param name="start">an adapter, or a directory of parts</param>
    /// <returns>lines for the log; none where all is as usual</returns>
    /// <exception cref="CheckpointException">the adapter's configuration is damaged</exception>
    public static IEnumerable<string> Lines(string start, HfCheckpoint model)
    {
        var adapter = Enum.GetValues<StageName>().Select(stage => AdapterFormats.Find(start, stage)).FirstOrDefault(found => found is not null);
        if (adapter is null)
            return [];
        if (!AdapterDirectory.IsAt(adapter))
            return OfBase(start, Text(JsonFile.ReadObject(Path.Combine(adapter, "config.json"))), model);
        var config = AdapterDirectory.ReadConfig(adapter);
        return OfBase(start, config.BaseModel, model).Concat(OfKeys(start, config.UnknownKeys));
    }

    private static IEnumerable<string> OfBase(string start, string? recorded, HfCheckpoint model)
    {
        if (string.IsNullOrEmpty(recorded))
            yield break;
        string?[] names = [Path.GetFullPath(model.Directory), Text(model.Config)];
        if (!names.Any(name => name is not null && LastSegment(name).Equals(LastSegment(recorded), StringComparison.OrdinalIgnoreCase)))
            yield return $"'{start}' was trained on '{recorded}', whose name differs from that of '{model.Directory}'; it works only with the same weights.";
    }

    private static IEnumerable<string> OfKeys(string start, IReadOnlyList<string> unknown) => unknown.Count == 0
        ? []
        : [$"'{start}' has settings that are not known here and are left out ({string.Join(", ", unknown)}); if they change the model, it works differently here."];

    private static string? Text(JsonElement config) =>
        config.TryGetProperty(NameKey, out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    /// <summary>The last segment of a path (with either kind of slash) or of a published name.</summary>
    private static string LastSegment(string name) => name.TrimEnd('/', '\\').Split('/', '\\')[^1];
}
