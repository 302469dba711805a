namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>BoolQ: does the passage answer the question with yes?</summary>
public sealed class BoolQTask : LanguageTask
{
    private static readonly string[] YesNo = ["no", "yes"];
    private static readonly string[] GlmYesNo = ["No", "Yes"];
    private static readonly string[] GlmTruth = ["false", "true"];

    /// <inheritdoc/>
    public override string Name => "superglue/boolq";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = ["false", "true"];

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "{passage~}. Question: {question}? Answer:{mask}.") { Answers = YesNo },
        new("causal", "{passage~}. Question: {question}? Answer:") { Answers = YesNo },
        new("llama2-chat", "{passage~}. Question: {question}? Answer:") { Answers = YesNo, IsChat = true },
        new("glm-0", "{passage~}. Question: {question}? Answer:{mask}.") { Answers = GlmYesNo },
        new("glm-1", "{passage~}. Question: {question}? Answer:{mask}.") { Answers = GlmTruth },
        new("glm-2", "{passage~}. Based on the previous passage, {question}?{mask}.") { Answers = GlmYesNo },
        new("glm-3", "{passage~}. Based on the previous passage, {question}?{mask}.") { Answers = GlmTruth },
        new("glm-4", "Based on the following passage {question}?{mask}. {passage~}.") { Answers = GlmYesNo },
        new("glm-5", "Based on the following passage {question}?{mask}. {passage~}.") { Answers = GlmTruth },
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row)
    {
        yield return new TaskItem(row.Id, new Dictionary<string, string>
        {
            ["passage"] = SuperGlueText.WithoutEnd(SuperGlueText.Normalise(row.Text("passage")), '.'),
            ["question"] = SuperGlueText.WithoutEnd(SuperGlueText.Normalise(row.Text("question")), '?'),
        })
        {
            Gold = row.Label("label", Labels),
        };
    }
}
