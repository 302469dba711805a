using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Rows;

/// <summary>Reads one row object: token ids, a dialogue, a prompt and its answer, or a text, under <c>data.columns</c> or the known names.</summary>
internal sealed class RowFields(DataColumns columns) : IRowFields
{
    private const string KnownFields =
        "prompt and completion, instruction and output (with or without input), question and answer, messages, conversations, text, or input_ids";

    private static readonly (string Prompt, string Completion)[] FieldPairs =
        [("prompt", "completion"), ("instruction", "output"), ("question", "answer")];

    /// <exception cref="DataException">The row is no object, or has no known set of fields.</exception>
    public DataRow Read(RowPlace place, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw place.Wrong($" is {RowObject.Kind(json)}, not a JSON object.");
        var row = new RowObject(place, json);
        try
        {
            var read = (columns.IsSet ? ReadNamed(row) : ReadKnown(row)) ?? throw Unknown(row);
            return read with { Ignored = [.. read.Ignored, .. row.Unused] };
        }
        catch (InvalidOperationException error)
        {
            throw place.Wrong(" holds half a surrogate pair, which is no character.", error);
        }
    }

    private DataRow? ReadKnown(RowObject row)
    {
        if (TokenFields.Read(row) is { } tokens)
            return tokens;
        if (MessageFields.Names.FirstOrDefault(row.Has) is { } messages)
            return MessageFields.Read(row, messages, System(row));
        if (FieldPairs.FirstOrDefault(pair => row.Has(pair.Prompt)) is { Prompt: not null } names)
            return ReadPair(row, names.Prompt, names.Completion, names.Prompt == "instruction" ? "input" : "");
        return row.Text("text") is { } text ? new TextRow(row.Place, text, IsDocument: true) : null;
    }

    private DataRow ReadNamed(RowObject row)
    {
        if (columns.Messages.Length > 0)
            return MessageFields.Read(row, Named(row, columns.Messages, "messages"), System(row));
        if (columns.Text.Length > 0)
            return new TextRow(row.Place, row.Text(Named(row, columns.Text, "text"))!, IsDocument: true);
        return ReadPair(row, Named(row, columns.Prompt, "prompt"), columns.Answer, columns.Input);
    }

    private PromptRow ReadPair(RowObject row, string prompt, string completion, string input)
    {
        var question = row.Text(prompt)!;
        if (input.Length > 0 && row.Text(input) is { Length: > 0 } context)
            question = question + "\n" + context;
        MessageFields.RefuseTools(row);
        return new PromptRow(row.Place, new Dialogue(question) { System = System(row), History = History(row) }, row.Text(completion))
        {
            WhereToAnswer = $"it has the fields {Seen(row)}, and beside '{prompt}' the answer stands in '{completion}'"
                + (columns.IsSet ? " (data.columns.answer)" : "; data.columns.prompt and data.columns.answer name others"),
        };
    }

    private string System(RowObject row) => row.Text(columns.System.Length > 0 ? columns.System : "system") ?? "";

    /// <summary>Earlier questions and their answers, in pairs, as in ChatGLM's own trainer.</summary>
    private List<Round> History(RowObject row)
    {
        var field = columns.History.Length > 0 ? columns.History : "history";
        if (row.Find(field) is not { ValueKind: not JsonValueKind.Null } history)
            return [];
        if (history.ValueKind != JsonValueKind.Array || !history.EnumerateArray().All(IsPair))
            throw row.Place.Wrong($": '{field}' is no list of [question, answer] pairs.");
        return [.. history.EnumerateArray().Select(round => new Round(row.Text(field, round[0]), row.Text(field, round[1])))];

        static bool IsPair(JsonElement round) => round.ValueKind == JsonValueKind.Array && round.GetArrayLength() == 2;
    }

    private static string Named(RowObject row, string column, string key) => row.Has(column)
        ? column
        : throw row.Place.Wrong($" has no '{column}', which data.columns.{key} names; it has {Seen(row)}.");

    private static DataException Unknown(RowObject row) =>
        row.Place.Wrong($" needs {KnownFields}; it has {Seen(row)}. Other names are set in data.columns.");

    private static string Seen(RowObject row) => string.Join(", ", row.Names) is { Length: > 0 } seen ? seen : "no fields";
}
