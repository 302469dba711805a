using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Reads the rows of a JSONL file: a prompt and its completion under one of the known sets of names.</summary>
internal static class JsonlRows
{
    private const string KnownFields = "prompt and completion, instruction and output (with or without input), or question and answer";

    private static readonly (string Prompt, string Completion)[] FieldPairs =
        [("prompt", "completion"), ("instruction", "output"), ("question", "answer")];

    /// <summary>The rows in order; blank lines are skipped.</summary>
    /// <exception cref="DataException">A line is not JSON, not an object, or has no known set of fields; file and line are named.</exception>
    internal static IEnumerable<(string Prompt, string Completion)> Read(string path, string text)
    {
        var line = 0;
        foreach (var row in text.Split('\n'))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(row))
                yield return Parse(path, line, row);
        }
    }

    private static (string Prompt, string Completion) Parse(string path, int line, string text)
    {
        using var json = ParseJson(path, line, text);
        try
        {
            return Fields(path, line, json.RootElement);
        }
        catch (InvalidOperationException error)
        {
            throw new DataException(path, line, $"'{path}' line {line} holds half a surrogate pair, which is no character.", error);
        }
    }

    private static (string Prompt, string Completion) Fields(string path, int line, JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw new DataException(path, line, $"'{path}' line {line} is {Kind(row)}, not a JSON object.");
        foreach (var (prompt, completion) in FieldPairs)
        {
            if (!row.TryGetProperty(prompt, out var asked) || !row.TryGetProperty(completion, out var answered))
                continue;
            var question = Text(path, line, prompt, asked);
            if (prompt == "instruction" && row.TryGetProperty("input", out var input) && Text(path, line, "input", input) is { Length: > 0 } context)
                question = question + "\n" + context;
            return (question, Text(path, line, completion, answered));
        }
        var seen = string.Join(", ", row.EnumerateObject().Select(field => field.Name));
        throw new DataException(path, line, $"'{path}' line {line} needs {KnownFields}; it has {(seen.Length == 0 ? "no fields" : seen)}.");
    }

    private static JsonDocument ParseJson(string path, int line, string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException error)
        {
            var column = (error.BytePositionInLine ?? 0) + 1;
            throw new DataException(path, line, $"'{path}' line {line} is not JSON (byte {column} of the line). JSONL holds one object a line.", error);
        }
    }

    private static string Text(string path, int line, string field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => throw new DataException(path, line, $"'{path}' line {line}: '{field}' is {Kind(value)}, not a text."),
    };

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
