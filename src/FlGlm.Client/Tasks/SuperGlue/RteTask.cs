namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>RTE: does the hypothesis follow from the premise?</summary>
public sealed class RteTask : LanguageTask
{
    private static readonly string[] YesNo = ["yes", "no"];
    private static readonly string[] GlmYesNo = ["Yes", "No"];

    /// <inheritdoc/>
    public override string Name => "superglue/rte";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = ["entailment", "not_entailment"];

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "\"{hypothesis}\"? {mask} \"{premise~}\"") { Answers = YesNo },
        new("causal", "\"{premise~}\" Question: \"{hypothesis}\"? Answer:") { Answers = YesNo },
        new("llama2-chat", "Hypothesis: \"{hypothesis}\", premise:\"{premise~}\", If the hypothesis is entailed by the premise? Yes or No? Answer:")
        {
            Answers = GlmYesNo, IsChat = true,
        },
        .. Inference.GlmPatterns(GlmYesNo),
        new("glm-4", "{premise~} question: {hypothesis~} True or False? answer:{mask}") { Answers = ["true", "false"] },
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row) => [Inference.Read(row, Labels)];
}
