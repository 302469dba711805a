using System.Text.Json;

namespace FlGlm.Client.Data.Rows;

/// <summary>
/// Reads a dialogue: a list of <c>role</c> and <c>content</c>, of which the last, if it is the assistant's, is the answer to learn.
/// </summary>
internal static class MessageFields
{
    private static readonly string[] Names = ["messages", "conversations"];

    /// <summary>One system message may stand first; then user and assistant take turns. Null for a row without messages.</summary>
    internal static DataRow? Read(RowPlace place, JsonElement row)
    {
        if (Names.FirstOrDefault(name => row.TryGetProperty(name, out _)) is not { } field)
            return null;
        if (row.TryGetProperty("tools", out var tools) && tools.ValueKind != JsonValueKind.Null && tools.GetRawText() != "[]")
            throw place.Wrong(" has 'tools', and the use of tools cannot be learnt; leave out such rows.");
        var messages = Messages(place, field, row.GetProperty(field));
        if (messages.Count == 0)
            throw place.Wrong($": '{field}' is empty.");
        var system = messages is [("system", var text), ..] ? text : "";
        var turns = messages.Skip(messages is [("system", _), ..] ? 1 : 0).ToList();
        if (turns.Count == 0 || turns.Where((turn, index) => turn.Role != (index % 2 == 0 ? "user" : "assistant")).Any())
        {
            var roles = string.Join(", ", messages.Select(message => message.Role));
            throw place.Wrong($": '{field}' has the roles {roles}; user and assistant take turns, and the user begins.");
        }

        var answer = turns.Count % 2 == 0 ? turns[^1].Content : null;
        var question = turns.Count - (answer is null ? 1 : 2);
        var history = turns.Take(question).Chunk(2).Select(pair => new Round(pair[0].Content, pair[1].Content)).ToList();
        return new PromptRow(place, new Dialogue(turns[question].Content) { System = system, History = history }, answer);
    }

    private static List<(string Role, string Content)> Messages(RowPlace place, string field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw place.Wrong($": '{field}' is {RowFields.Kind(value)}, not a list of messages.");
        var messages = new List<(string Role, string Content)>();
        foreach (var message in value.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out var role)
                || !message.TryGetProperty("content", out var content))
                throw place.Wrong($": '{field}' holds a message without role or content.");
            messages.Add((RowFields.Text(place, "role", role), RowFields.Text(place, "content", content)));
        }
        return messages;
    }
}
