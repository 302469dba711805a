using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// The fields of a JSON file such as <c>config.json</c>, read by kind; null counts as absent. Each failure names the file, the field and what
/// would be right.
/// </summary>
/// <param name="prefix">of the fields' names in messages: the section that they stand in, and a dot</param>
internal sealed class JsonFields(JsonElement root, string path, string prefix = "")
{
    /// <summary>The names of all fields.</summary>
    public IEnumerable<string> Names => root.EnumerateObject().Select(property => property.Name);

    public bool IsEmpty => !root.EnumerateObject().Any();

    public bool Has(string key) => Find(key) is not null;

    /// <summary>The fields of an object within, or null.</summary>
    public JsonFields? Section(string key) => Find(key) is not { } value ? null : value.ValueKind == JsonValueKind.Object
        ? new JsonFields(value, path, $"{prefix}{key}.")
        : throw Wrong(key, $"{value.GetRawText()} is not an object");

    public string Text(string key) => OptionalText(key) ?? throw Wrong(key, "is missing");

    public string Text(string key, string fallback) => OptionalText(key) ?? fallback;

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

    /// <summary>A positive whole number.</summary>
    public int Count(string key, int? fallback = null)
    {
        var value = Find(key) is { } element ? Whole(key, element) : fallback ?? throw Wrong(key, "is missing");
        return value > 0 ? value : throw Wrong(key, $"{value} is no size; 1 or more");
    }

    /// <summary>A positive whole number, or null.</summary>
    public int? OptionalCount(string key) => Has(key) ? Count(key) : null;

    public double Number(string key, double fallback) => OptionalNumber(key) ?? fallback;

    public double? OptionalNumber(string key) => Find(key) switch
    {
        null => null,
        { } value => ToNumber(value) ?? throw Wrong(key, $"{value.GetRawText()} is not a number"),
    };

    public bool Flag(string key, bool fallback = false) => Find(key) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, $"{value.GetRawText()} is not true or false"),
    };

    /// <summary>Refuses a flag that is set otherwise than the model that is built has it.</summary>
    public void Expect(string key, bool value)
    {
        if (Flag(key, value) != value)
            throw Wrong(key, $"only {(value ? "true" : "false")} is supported");
    }

    /// <summary>A token id, or null.</summary>
    public int? Token(string key) => Find(key) is { } value && Whole(key, value) is >= 0 and var id ? id : null;

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

    public CheckpointException Wrong(string key, string what) => new(path, $"'{path}', field '{prefix}{key}': {what}.");

    private int Whole(string key, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        ? number
        : throw Wrong(key, $"{value.GetRawText()} is not a whole number");

    private JsonElement? Find(string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
