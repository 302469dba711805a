using System.Text.Json;

namespace FlGlm.Client.Data.Rows;

/// <summary>One message of a dialogue.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>; another as the file has it.</param>
/// <param name="Content">What is said.</param>
/// <param name="IsLearnt">What the message itself says of its being learnt: <c>weight</c>, <c>train</c> or <c>loss</c>; null = nothing.</param>
internal sealed record Message(string Role, string Content, bool? IsLearnt)
{
    /// <summary>The fields that say whether an answer is learnt (OpenAI and Mistral, axolotl, ms-swift).</summary>
    private static readonly string[] LearntFields = ["weight", "train", "loss"];

    /// <summary>A message; null where it has no role or no content.</summary>
    internal static Message? Read(RowObject fields)
    {
        MessageFields.RefuseTools(fields);
        if ((fields.Text("role") ?? fields.Text("from")) is not { } role || (fields.Find("content") ?? fields.Find("value")) is not { } content)
            return null;
        return new Message(Known(role), Text(fields, content), IsLearntOf(fields));
    }

    /// <summary>The names that ShareGPT's files give the roles.</summary>
    private static string Known(string role) => role switch
    {
        "human" => "user",
        "gpt" or "chatgpt" or "bing" or "bard" => "assistant",
        _ => role,
    };

    /// <summary>A text, or a list of parts of which all are texts.</summary>
    private static string Text(RowObject fields, JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Array)
            return fields.Text("content", content);
        return string.Concat(content.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text)
                ? fields.Text("text", text)
                : throw fields.Place.Wrong(": a message holds a part that is no text; leave out such rows.")));
    }

    private static bool? IsLearntOf(RowObject fields)
    {
        bool? learnt = null;
        foreach (var field in LearntFields)
        {
            if (fields.Find(field) is not { ValueKind: not JsonValueKind.Null } value)
                continue;
            var said = value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Number when value.GetDouble() is 0 or 1 => value.GetDouble() == 1,
                _ => throw fields.Place.Wrong($": a message's '{field}' is {value.GetRawText()}; 0 leaves its answer out of the loss, 1 learns it."),
            };
            learnt = learnt is { } other && other != said
                ? throw fields.Place.Wrong($": a message's {string.Join(" and ", LearntFields.Where(fields.Has))} differ.")
                : said;
        }

        return learnt;
    }
}
