using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models;

/// <summary>Reads fields of a <c>config.json</c>; each failure names the file, the field and what would be right.</summary>
/// <param name="prefix">of the fields' names in messages: the section that they stand in, and a dot</param>
internal sealed class ConfigFields(JsonElement config, string path, string prefix = "")
{
    /// <summary>A positive whole number.</summary>
    public int Count(string field, int? fallback = null)
    {
        var value = Find(field) is { } element ? Whole(field, element) : fallback ?? throw Wrong(field, "is missing");
        return value > 0 ? value : throw Wrong(field, $"{value} is no size; 1 or more");
    }

    public double Number(string field, double fallback)
    {
        if (Find(field) is not { } element)
            return fallback;
        return element.ValueKind == JsonValueKind.Number ? element.GetDouble() : throw Wrong(field, $"{element.GetRawText()} is not a number");
    }

    public bool Flag(string field, bool fallback = false) => Find(field) is not { } element ? fallback : element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(field, $"{element.GetRawText()} is not true or false"),
    };

    /// <summary>A token id, or null.</summary>
    public int? Token(string field) => Find(field) is { } element && Whole(field, element) is >= 0 and var id ? id : null;

    public string Text(string field, string fallback) =>
        Find(field) is { ValueKind: JsonValueKind.String } element ? element.GetString()! : fallback;

    /// <summary>The fields of an object within, or null.</summary>
    public ConfigFields? Section(string field) => Find(field) is not { } element ? null : element.ValueKind == JsonValueKind.Object
        ? new ConfigFields(element, path, $"{prefix}{field}.")
        : throw Wrong(field, $"{element.GetRawText()} is not an object");

    public bool IsEmpty => !config.EnumerateObject().Any();

    public bool Has(string field) => Find(field) is not null;

    /// <summary>Refuses a flag that is set otherwise than the model that is built has it.</summary>
    public void Expect(string field, bool value)
    {
        if (Flag(field, value) != value)
            throw Wrong(field, $"only {(value ? "true" : "false")} is supported");
    }

    public CheckpointException Wrong(string field, string why) => new(path, $"'{path}', field '{prefix}{field}': {why}.");

    private int Whole(string field, JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value)
            ? value
            : throw Wrong(field, $"{element.GetRawText()} is not a whole number");

    private JsonElement? Find(string field) =>
        config.TryGetProperty(field, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;
}
