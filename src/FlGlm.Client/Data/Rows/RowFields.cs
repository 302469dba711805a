using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Rows;

/// <summary>Reads one row object: token ids, or a prompt and its answer under one of the known sets of names.</summary>
internal static class RowFields
{
    private const string KnownFields = "prompt and completion, instruction and output (with or without input), question and answer, or input_ids";

    private static readonly (string Prompt, string Completion)[] FieldPairs =
        [("prompt", "completion"), ("instruction", "output"), ("question", "answer")];

    /// <exception cref="DataException">The row is no object, or has no known set of fields.</exception>
    internal static DataRow Read(RowPlace place, JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw place.Wrong($" is {Kind(row)}, not a JSON object.");
        try
        {
            return TokenFields.Read(place, row) ?? ReadPair(place, row) ?? throw Unknown(place, row);
        }
        catch (InvalidOperationException error)
        {
            throw place.Wrong(" holds half a surrogate pair, which is no character.", error);
        }
    }

    internal static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static DataRow? ReadPair(RowPlace place, JsonElement row)
    {
        foreach (var (prompt, completion) in FieldPairs)
        {
            if (!row.TryGetProperty(prompt, out var asked) || !row.TryGetProperty(completion, out var answered))
                continue;
            var question = Text(place, prompt, asked);
            if (prompt == "instruction" && row.TryGetProperty("input", out var input) && Text(place, "input", input) is { Length: > 0 } context)
                question = question + "\n" + context;
            return new PromptRow(place, question, Text(place, completion, answered));
        }
        return null;
    }

    private static DataException Unknown(RowPlace place, JsonElement row)
    {
        var seen = string.Join(", ", row.EnumerateObject().Select(field => field.Name));
        return place.Wrong($" needs {KnownFields}; it has {(seen.Length == 0 ? "no fields" : seen)}.");
    }

    private static string Text(RowPlace place, string field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => throw place.Wrong($": '{field}' is {Kind(value)}, not a text."),
    };
}
