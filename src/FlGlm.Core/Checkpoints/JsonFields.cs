using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>The fields of a JSON file, read by kind; null counts as absent.</summary>
internal sealed class JsonFields(string path, JsonElement root)
{
    /// <summary>The names of all fields.</summary>
    public IEnumerable<string> Names => root.EnumerateObject().Select(property => property.Name);

    public string Text(string key) => OptionalText(key) ?? throw Wrong(key, "is missing");

    public string? OptionalText(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(key, "is no text"),
    };

    /// <summary>One text, or a list of texts.</summary>
    public NamesOrText? OptionalTextOrTexts(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => NamesOrText.OfText(text.GetString()!),
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Wrong(key, "is neither a text nor a list of names"),
    };

    /// <summary>A text, or <c>true</c> or <c>false</c> as a text.</summary>
    public string? OptionalWord(string key) => Find(key) switch
    {
        { ValueKind: JsonValueKind.True } => "true",
        { ValueKind: JsonValueKind.False } => "false",
        _ => OptionalText(key),
    };

    /// <summary>Numbers by names, in the order of the file; none where the field is absent.</summary>
    /// <param name="read">null for a value that is not valid</param>
    public IReadOnlyDictionary<string, T> OptionalNumbers<T>(string key, Func<JsonElement, T?> read)
        where T : struct
    {
        var numbers = new OrderedDictionary<string, T>();
        if (Find(key) is not { } map)
            return numbers;
        if (map.ValueKind != JsonValueKind.Object)
            throw Wrong(key, "holds no names with numbers");
        foreach (var pair in map.EnumerateObject())
            numbers[pair.Name] = read(pair.Value) ?? throw Wrong(key, $"has no valid number for '{pair.Name}'");
        return numbers;
    }

    public int Positive(string key) => OptionalPositive(key) ?? throw Wrong(key, "is missing");

    public int? OptionalPositive(string key) => Find(key) switch
    {
        null => null,
        { } value => ToPositive(value) ?? throw Wrong(key, "is no positive whole number"),
    };

    public double? OptionalNumber(string key) => Find(key) switch
    {
        null => null,
        { } value => ToNumber(value) ?? throw Wrong(key, "is no number"),
    };

    /// <summary>A list of whole numbers; one number is a list of one.</summary>
    public int[]? OptionalIntegers(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var only))
            return [only];
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(key, "is no list");
        return [.. value.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) ? number : throw Wrong(key, "holds no whole numbers"))];
    }

    /// <summary>False where the field is absent, null, false, empty or <c>none</c>.</summary>
    public bool IsSet(string key) => Find(key) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } value => value.GetString() is not ("" or "none"),
        { ValueKind: JsonValueKind.Array } value => value.GetArrayLength() > 0,
        { ValueKind: JsonValueKind.Object } value => value.EnumerateObject().Any(),
        _ => true,
    };

    /// <returns>a whole number above 0; null for anything else</returns>
    public static int? ToPositive(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0 ? number : null;

    /// <returns>a finite number; null for anything else</returns>
    public static double? ToNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    public CheckpointException Wrong(string key, string what) => new(path, $"'{path}': '{key}' {what}.");

    private JsonElement? Find(string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
