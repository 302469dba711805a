using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Rows;

/// <summary>Reads one row object: token ids, or a prompt and its answer under one of the known sets of names.</summary>
internal static class RowFields
{
    private const string KnownFields =
        "prompt and completion, instruction and output (with or without input), question and answer, messages, or input_ids";

    private static readonly (string Prompt, string Completion)[] FieldPairs =
        [("prompt", "completion"), ("instruction", "output"), ("question", "answer")];

    /// <exception cref="DataException">The row is no object, or has no known set of fields.</exception>
    internal static DataRow Read(RowPlace place, JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw place.Wrong($" is {Kind(row)}, not a JSON object.");
        try
        {
            return TokenFields.Read(place, row) ?? MessageFields.Read(place, row) ?? ReadPair(place, row) ?? throw Unknown(place, row);
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

    internal static string Text(RowPlace place, string field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => throw place.Wrong($": '{field}' is {Kind(value)}, not a text."),
    };

    private static DataRow? ReadPair(RowPlace place, JsonElement row)
    {
        foreach (var (prompt, completion) in FieldPairs)
        {
            if (!row.TryGetProperty(prompt, out var asked))
                continue;
            var question = Text(place, prompt, asked);
            if (prompt == "instruction" && row.TryGetProperty("input", out var input)
                && Text(place, "input", input) is { Length: > 0 } context)
                question = question + "\n" + context;
            var answer = row.TryGetProperty(completion, out var answered) ? Text(place, completion, answered) : null;
            return new PromptRow(place, new Dialogue(question) { History = History(place, row) }, answer);
        }
        return null;
    }

    /// <summary><c>history</c>: earlier questions and their answers, in pairs, as in ChatGLM's own trainer.</summary>
    private static List<Round> History(RowPlace place, JsonElement row)
    {
        if (!row.TryGetProperty("history", out var history) || history.ValueKind == JsonValueKind.Null)
            return [];
        if (history.ValueKind != JsonValueKind.Array || !history.EnumerateArray().All(IsPair))
            throw place.Wrong(": 'history' is no list of [question, answer] pairs.");
        return [.. history.EnumerateArray().Select(round => new Round(Text(place, "history", round[0]), Text(place, "history", round[1])))];

        static bool IsPair(JsonElement round) => round.ValueKind == JsonValueKind.Array && round.GetArrayLength() == 2;
    }

    private static DataException Unknown(RowPlace place, JsonElement row)
    {
        var seen = string.Join(", ", row.EnumerateObject().Select(field => field.Name));
        return place.Wrong($" needs {KnownFields}; it has {(seen.Length == 0 ? "no fields" : seen)}.");
    }
}
