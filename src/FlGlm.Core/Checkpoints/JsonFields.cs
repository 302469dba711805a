using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>The fields of a JSON file, read by kind; null counts as absent.</summary>
internal sealed class JsonFields(string path, JsonElement root)
{
    public string Text(string key) => OptionalText(key) ?? throw Wrong(key, "is missing");

    public string? OptionalText(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(key, "is no text"),
    };

    public IEnumerable<string> Texts(string key) =>
        Find(key) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? list.EnumerateArray().Select(item => item.GetString()!)
            : throw Wrong(key, "is no list of names");

    public int Positive(string key) => OptionalPositive(key) ?? throw Wrong(key, "is missing");

    public int? OptionalPositive(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number > 0 => number,
        _ => throw Wrong(key, "is no positive whole number"),
    };

    public double Number(string key) => OptionalNumber(key) ?? throw Wrong(key, "is missing");

    public double? OptionalNumber(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && double.IsFinite(number) => number,
        _ => throw Wrong(key, "is no number"),
    };

    public int[]? OptionalIntegers(string key)
    {
        if (Find(key) is not { } value)
            return null;
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

    public CheckpointException Wrong(string key, string what) => new(path, $"'{path}': '{key}' {what}.");

    private JsonElement? Find(string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
