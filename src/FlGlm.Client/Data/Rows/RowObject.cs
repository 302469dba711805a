using System.Text.Json;

namespace FlGlm.Client.Data.Rows;

/// <summary>The fields of a row object or of a message, and which of them have been used.</summary>
/// <param name="place">Where the row stands.</param>
/// <param name="json">An object.</param>
internal sealed class RowObject(RowPlace place, JsonElement json)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    internal RowPlace Place => place;

    /// <summary>The names of all fields.</summary>
    internal IEnumerable<string> Names => json.EnumerateObject().Select(each => each.Name);

    /// <summary>The names of the fields that nobody has asked for and that hold something.</summary>
    internal IEnumerable<string> Unused => json.EnumerateObject()
        .Where(each => !_used.Contains(each.Name) && !IsEmpty(each.Value))
        .Select(each => each.Name);

    internal bool Has(string field) => json.TryGetProperty(field, out _);

    /// <summary>The value of a field; null where there is none.</summary>
    internal JsonElement? Find(string field)
    {
        _used.Add(field);
        return json.TryGetProperty(field, out var value) ? value : null;
    }

    /// <summary>The text of a field, empty where it is null; null where there is no such field.</summary>
    internal string? Text(string field) => Find(field) is { } value ? Text(field, value) : null;

    /// <summary>A value that must be a text, or null, which is an empty one.</summary>
    internal string Text(string field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => throw place.Wrong($": '{field}' is {Kind(value)}, not a text."),
    };

    /// <summary>Whether a field is there and holds something.</summary>
    internal bool Holds(string field) => Find(field) is { } value && !IsEmpty(value);

    internal static string Kind(JsonElement value) => Kind(value.ValueKind);

    internal static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => value.GetString()!.Length == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };
}
