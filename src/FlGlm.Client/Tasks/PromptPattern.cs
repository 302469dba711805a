using System.Text.RegularExpressions;

namespace FlGlm.Client.Tasks;

/// <summary>
/// The words around a row's fields. <c>{name}</c> is a field of <see cref="TaskItem.Fields"/>, <c>{name~}</c> one that may lose its end where a
/// row is longer than <c>data.max_length</c>, and <c>{mask}</c> the place of an answer that does not stand at the end (ChatGLM-6B).
/// </summary>
/// <param name="Name">The name, as <c>data.pattern</c> has it.</param>
/// <param name="Text">The words.</param>
public sealed partial record PromptPattern(string Name, string Text)
{
    private const string Mask = "mask";

    /// <summary>The verbalizers: what each of the task's labels is called in an answer, in their order. None where rows bring their choices or answers are free.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [];

    /// <summary>The system text above the prompt, in the model's chat form.</summary>
    public string System { get; init; } = "";

    /// <summary>Whether the prompt stands in the model's own chat form, such as Llama-2's [INST].</summary>
    public bool IsChat { get; init; }

    /// <summary>Whether a blank stands between prompt and answer, where the model's form has no mark there.</summary>
    public bool HasBlank { get; init; } = true;

    /// <summary>Whether the answer belongs to a mask inside the prompt.</summary>
    public bool HasMask => Text.Contains("{mask}", StringComparison.Ordinal);

    /// <summary>The prompt as a person would read it, the mask written as <c>[MASK]</c>.</summary>
    public string Fill(TaskItem item) => string.Concat(Parts(item).Select(part => part.IsMask ? "[MASK]" : part.Text));

    /// <summary>The answers to choose from; none where the answer is free.</summary>
    /// <param name="item">The question.</param>
    /// <param name="labels">The task's labels.</param>
    public IReadOnlyList<TaskChoice> Choices(TaskItem item, IReadOnlyList<string> labels) =>
        item.Choices.Count > 0 ? item.Choices : [.. labels.Zip(Answers, (label, answer) => new TaskChoice(label, answer))];

    /// <exception cref="ArgumentException">The pattern names a field that the question does not have.</exception>
    internal IReadOnlyList<PromptPart> Parts(TaskItem item)
    {
        var parts = new List<PromptPart>();
        var end = 0;
        foreach (Match place in Places().Matches(Text))
        {
            Add(new PromptPart(Text[end..place.Index]));
            var name = place.Groups["name"].Value;
            if (name == Mask)
                parts.Add(new PromptPart("", IsMask: true));
            else if (item.Fields.TryGetValue(name, out var field))
                Add(new PromptPart(field, place.Groups["shortenable"].Success));
            else
                throw new ArgumentException($"The pattern '{Name}' names the field '{name}'; a question has {string.Join(", ", item.Fields.Keys)}.");
            end = place.Index + place.Length;
        }

        Add(new PromptPart(Text[end..]));
        return parts;

        void Add(PromptPart part)
        {
            if (part.Text.Length > 0)
                parts.Add(part);
        }
    }

    [GeneratedRegex(@"\{(?<name>\w+)(?<shortenable>~)?\}")]
    private static partial Regex Places();
}
