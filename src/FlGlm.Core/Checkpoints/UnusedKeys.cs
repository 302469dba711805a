using System.Text.Json;

namespace FlGlm.Core.Checkpoints;

/// <summary>Finds what a JSON file says that nothing uses.</summary>
internal static class UnusedKeys
{
    private const int Shown = 5;

    /// <summary>The keys of an object that are not known and that say something: null, false and what is empty say nothing.</summary>
    public static IReadOnlyList<string> Of(JsonElement config, IReadOnlySet<string> known) =>
        [.. config.EnumerateObject().Where(field => !known.Contains(field.Name) && Says(field.Value)).Select(field => field.Name)];

    /// <summary>The first few of many names.</summary>
    internal static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");

    private static bool Says(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };
}
