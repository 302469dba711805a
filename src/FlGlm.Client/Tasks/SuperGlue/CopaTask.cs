namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>COPA: which of two sentences is the premise's cause, or its effect?</summary>
public sealed class CopaTask : LanguageTask
{
    /// <inheritdoc/>
    public override string Name => "superglue/copa";

    /// <summary>The numbers of the choices, which every row brings with their texts.</summary>
    public override IReadOnlyList<string> Labels { get; } = ["0", "1"];

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "\"{choice1}\" or \"{choice2}\"? {premise~}{joiner} {mask}."),
        new("causal", "\"{choice1}\" or \"{choice2}\"? {premise~}{joiner}"),
        new("llama2-chat", "\"{choice1}\" or \"{choice2}\"? {premise~}{joiner}") { IsChat = true },
        new("glm-0", "\"{choice1}\" or \"{choice2}\"? {premise~}{joiner}{mask}."),
        new("glm-1", "{choice1} or {choice2}? {premise~}{joiner}{mask}."),
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row) => [Item(row, isMirrored: false)];

    /// <summary>Each question is learnt a second time with its choices in the other order, as in GLM's code.</summary>
    /// <inheritdoc/>
    public override IEnumerable<TaskItem> ReadToTrain(TaskRow row, PromptPattern pattern) => [Item(row, isMirrored: false), Item(row, isMirrored: true)];

    private TaskItem Item(TaskRow row, bool isMirrored)
    {
        var asked = row.Text("question");
        if (asked is not ("cause" or "effect"))
            throw row.Wrong($"'question' is '{asked}'; it is cause or effect.");
        TaskChoice[] choices = [new("0", Choice(row, "choice1")), new("1", Choice(row, "choice2"))];
        TaskChoice[] shown = isMirrored ? [choices[1], choices[0]] : choices;
        return new TaskItem(isMirrored ? row.Id + ".mirrored" : row.Id, new Dictionary<string, string>
        {
            ["premise"] = SuperGlueText.WithoutEnd(SuperGlueText.Normalise(row.Text("premise"))),
            ["choice1"] = shown[0].Text,
            ["choice2"] = shown[1].Text,
            ["joiner"] = asked == "cause" ? " because" : ", so",
        })
        {
            Choices = choices,
            Gold = row.Label("label", Labels),
        };
    }

    private static string Choice(TaskRow row, string field) =>
        SuperGlueText.WithoutEnd(SuperGlueText.LowerFirst(SuperGlueText.Normalise(row.Text(field))));
}
