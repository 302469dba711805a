using System.Text.Json;
using FlGlm.Core.Checkpoints;

namespace FlGlm.Core.Models;

/// <summary>What a checkpoint says that its model has no use for.</summary>
public static class CheckpointWarnings
{
    private const int Shown = 5;

    /// <returns>one line for each kind of thing; none where everything is used</returns>
    public static IEnumerable<string> Of(HfCheckpoint checkpoint, ModelFamily family)
    {
        var path = Path.Combine(checkpoint.Directory, "config.json");
        var known = KnownConfigKeys.Of(ModelFamily.NameOf(checkpoint.Config, path));
        string[] keys = [.. checkpoint.Config.EnumerateObject().Where(field => !known.Contains(field.Name) && Says(field.Value)).Select(field => field.Name)];
        if (keys.Length > 0)
            yield return $"'{path}' has keys that nothing here uses: {List(keys)}.";
        string[] unused = [.. family.UnusedTensors(checkpoint)];
        if (unused.Length > 0)
            yield return $"'{checkpoint.Directory}' has {unused.Length} tensor(s) that this {family.Name} model does not use: {List(unused)}.";
    }

    private static bool Says(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    private static string List(string[] names) => string.Join(", ", names.Take(Shown)) + (names.Length > Shown ? $" and {names.Length - Shown} more" : "");
}
