namespace FlGlm.Client.Tasks;

/// <summary>One question of a task.</summary>
/// <param name="Id">What names it in its file, e.g. <c>12</c>, or <c>3.1.0</c> for passage, question and answer.</param>
/// <param name="Fields">What the words of a <see cref="PromptPattern"/> ask for.</param>
public sealed record TaskItem(string Id, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>The right labels, or texts where answers are free; none where the row has none, as in a test set.</summary>
    public IReadOnlyList<string> Gold { get; init; } = [];

    /// <summary>The answers to choose from; none = those of the pattern, one for each label of the task, or any text.</summary>
    public IReadOnlyList<TaskChoice> Choices { get; init; } = [];

    /// <summary>The free answers to learn, where they are others than <see cref="Gold"/>.</summary>
    public IReadOnlyList<string>? Answers { get; init; }

    /// <summary>What is judged together with others, e.g. one question of several answers; empty = this alone.</summary>
    public string Group { get; init; } = "";
}
