using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>MultiRC: is this answer to the question about the passage right? A question has several answers, of which any number are right.</summary>
public sealed class MultiRcTask : LanguageTask
{
    private static readonly string[] NoYes = ["no", "yes"];
    private static readonly string[] GlmNoYes = ["No", "Yes"];

    /// <inheritdoc/>
    public override string Name => "superglue/multirc";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = ["0", "1"];

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "{passage~}. Question: {question}? Is it {answer}? {mask}.") { Answers = NoYes },
        new("causal", "{passage~}. Question: {question}? Is it {answer}? Answer:") { Answers = NoYes },
        new("llama2-chat", "The passage is \"{passage~}\".Question:\"{question}?\". The possible answer is \"{answer}\". Is it correct?")
        {
            Answers = GlmNoYes, IsChat = true, System = "You need to judge whether the question is Yes or No base on the provided passage.",
        },
        new("glm-0", "{passage~}. Question: {question}? Is it {answer}?{mask}.") { Answers = GlmNoYes },
        new("glm-1", "{passage~}. Question: {question}? Is the correct answer \"{answer}\"?{mask}.") { Answers = GlmNoYes },
        new("glm-2", "{passage~}. Based on the previous passage, {question}? Is \"{answer}\" a correct answer?{mask}.") { Answers = GlmNoYes },
        new("glm-3", "{passage~}. {question}?- [{mask}] {answer}") { Answers = ["False", "True"] },
        new("glm-4", "{passage~}. Question: {question}? {answer}?{mask}.") { Answers = GlmNoYes },
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row)
    {
        var passage = row.Object("passage");
        var text = SuperGlueText.WithoutEnd(SuperGlueText.Normalise(passage.Text("text")), '.');
        foreach (var (number, question) in passage.List("questions").Index())
        {
            var group = $"{row.Id}.{IdOf(question, number)}";
            var asked = SuperGlueText.WithoutEnd(SuperGlueText.Normalise(question.Text("question")), '?');
            foreach (var (index, answer) in question.List("answers").Index())
            {
                yield return new TaskItem($"{group}.{IdOf(answer, index)}", new Dictionary<string, string>
                {
                    ["passage"] = text,
                    ["question"] = asked,
                    ["answer"] = SuperGlueText.WithoutEnd(SuperGlueText.Normalise(answer.Text("text", mayBeEmpty: true)), '.'),
                })
                {
                    Gold = answer.Label("label", Labels),
                    Group = group,
                };
            }
        }
    }

    /// <summary>F1 of the right answers over all questions (F1a), then the questions with every answer right (EM), F1m, and accuracy per answer.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Measure(IReadOnlyList<Prediction> predictions)
    {
        var questions = MultiRcQuestion.Group(predictions.Select(each => (each.Group, each.Answer == "1", each.Gold[0] == "1")));
        return
        [
            new Metric("f1a", MultiRcMetrics.F1a(questions)),
            new Metric("em", MultiRcMetrics.ExactMatch(questions)),
            new Metric("f1m", MultiRcMetrics.F1m(questions)),
            .. base.Measure(predictions),
        ];
    }

    private static string IdOf(TaskRow row, int index) => row.Has("idx") ? row.Id : index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
