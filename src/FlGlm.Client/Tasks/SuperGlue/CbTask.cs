using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>CommitmentBank: does the premise say that the hypothesis holds, that it does not, or neither?</summary>
public sealed class CbTask : LanguageTask
{
    private static readonly string[] YesNoMaybe = ["yes", "no", "maybe"];
    private static readonly string[] GlmYesNoMaybe = ["Yes", "No", "Maybe"];

    /// <inheritdoc/>
    public override string Name => "superglue/cb";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = ["entailment", "contradiction", "neutral"];

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "\"{hypothesis}\"? {mask}, \"{premise~}\"") { Answers = YesNoMaybe },
        new("causal", "\"{premise~}\" Question: \"{hypothesis}\"? Answer:") { Answers = YesNoMaybe },
        new("llama2-chat", "Hypothesis: \"{hypothesis}\", premise:\"{premise~}\", If the hypothesis is entailed by the premise? Yes, No or Maybe? Answer:")
        {
            Answers = GlmYesNoMaybe, IsChat = true,
        },
        .. Inference.GlmPatterns(GlmYesNoMaybe),
        new("glm-4", "{premise~} question: {hypothesis~} true, false or neither? answer:{mask}") { Answers = ["true", "false", "neither"] },
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row) => [Inference.Read(row, Labels)];

    /// <summary>Macro-F1 over the three labels, then accuracy.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Measure(IReadOnlyList<Prediction> predictions) =>
        [new Metric("f1", Classification.MacroF1([.. predictions.Select(each => (each.Answer, each.Gold[0]))], Labels)), .. base.Measure(predictions)];
}
