using System.Text.Json;

namespace FlGlm.Client.Data.Rows;

/// <summary>
/// Reads a dialogue: a list of messages with <c>role</c> and <c>content</c>, or <c>from</c> and <c>value</c> (ShareGPT). The last, if it is
/// the assistant's, is the answer to learn.
/// </summary>
internal static class MessageFields
{
    /// <summary>The fields that hold such a list.</summary>
    internal static readonly string[] Names = ["messages", "conversations", "conversation"];

    private static readonly string[] ToolFields = ["tools", "functions", "tool_calls", "function_call"];

    /// <summary>One system message may stand first; then user and assistant take turns.</summary>
    /// <param name="row">The row.</param>
    /// <param name="field">Where the messages stand.</param>
    /// <param name="system">The system text that stands beside them; empty = none.</param>
    internal static DataRow Read(RowObject row, string field, string system)
    {
        RefuseTools(row);
        if (row.Holds("history"))
            throw row.Place.Wrong($" has a 'history' beside '{field}'; put it among the messages.");
        var ignored = new SortedSet<string>(StringComparer.Ordinal);
        var messages = Messages(row, field, ignored);
        if (messages.Count == 0)
            throw row.Place.Wrong($": '{field}' is empty.");
        var first = messages is [{ Role: "system", Content: var text }, ..] ? text : "";
        if (first.Length > 0 && system.Length > 0 && first != system)
            throw row.Place.Wrong($" has a system message and another system text beside '{field}'; leave one of them out.");
        var turns = messages.Skip(messages[0].Role == "system" ? 1 : 0).ToList();
        if (turns.Count == 0 || turns.Where((turn, index) => turn.Role != (index % 2 == 0 ? "user" : "assistant")).Any())
        {
            var roles = string.Join(", ", messages.Select(message => message.Role));
            throw row.Place.Wrong($": '{field}' has the roles {roles}; user and assistant take turns, and the user begins.");
        }

        var answer = turns.Count % 2 == 0 ? turns[^1] : null;
        var question = turns.Count - (answer is null ? 1 : 2);
        var history = turns.Take(question).Chunk(2).Select(pair => new Round(pair[0].Content, pair[1].Content) { IsLearnt = pair[1].IsLearnt });
        var dialogue = new Dialogue(turns[question].Content) { System = first.Length > 0 ? first : system, History = [.. history] };
        return new PromptRow(row.Place, dialogue, answer?.Content)
        {
            IsLearnt = answer?.IsLearnt,
            Ignored = [.. ignored],
            WhereToAnswer = $"the last of its '{field}' is the user's, and the answer is a message of the assistant behind it",
        };
    }

    /// <summary>Refuses a row or message that uses tools.</summary>
    internal static void RefuseTools(RowObject row)
    {
        if (ToolFields.FirstOrDefault(name => row.Holds(name) && row.Find(name)!.Value.ToString() is not ("[]" or "{}")) is { } field)
            throw row.Place.Wrong($" has '{field}', and the use of tools cannot be learnt; leave out such rows.");
    }

    private static List<Message> Messages(RowObject row, string field, SortedSet<string> ignored)
    {
        var value = row.Find(field)!.Value;
        if (value.ValueKind != JsonValueKind.Array)
            throw row.Place.Wrong($": '{field}' is {RowObject.Kind(value)}, not a list of messages.");
        var messages = new List<Message>();
        foreach (var element in value.EnumerateArray())
        {
            var fields = element.ValueKind == JsonValueKind.Object ? new RowObject(row.Place, element) : null;
            messages.Add(fields is null ? throw Incomplete(row, field) : Message.Read(fields) ?? throw Incomplete(row, field));
            ignored.UnionWith(fields.Unused.Select(name => $"{field}[].{name}"));
        }

        return messages;
    }

    private static Exception Incomplete(RowObject row, string field) =>
        row.Place.Wrong($": '{field}' holds a message without role or content.");
}
