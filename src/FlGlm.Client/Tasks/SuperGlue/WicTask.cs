namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>WiC: has the word the same sense in both sentences?</summary>
public sealed class WicTask : LanguageTask
{
    private static readonly string[] NoYes = ["no", "yes"];
    private static readonly string[] GlmNoYes = ["No", "Yes"];

    /// <inheritdoc/>
    public override string Name => "superglue/wic";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = ["false", "true"];

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "\"{sentence1~}\"/\"{sentence2~}\" Similar sense of {word}? {mask}.") { Answers = NoYes },
        new("causal", "\"{sentence1~}\" / \"{sentence2~}\" Similar sense of \"{word}\"? Answer:") { Answers = NoYes },
        new("llama2-chat", "\"{sentence1~}\" / \"{sentence2~}\" Similar sense of \"{word}\"? Answer:") { Answers = NoYes, IsChat = true },
        new("glm-0", "\"{sentence1~}\" / \"{sentence2~}\" Similar sense of \"{word}\"?{mask}.") { Answers = GlmNoYes },
        new("glm-1", "{sentence1~} {sentence2~} Does {word} have the same meaning in both sentences?{mask}") { Answers = GlmNoYes },
        new("glm-2", "{word} . Sense (1) (a) \"{sentence1~}\" ({mask}) \"{sentence2}\"") { Answers = ["2", "b"] },
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row)
    {
        var sentences = new[] { "1", "2" }.Select(number => Sentence(row, number)).ToArray();
        yield return new TaskItem(row.Id, new Dictionary<string, string>
        {
            ["sentence1"] = sentences[0],
            ["sentence2"] = sentences[1],
            ["word"] = SuperGlueText.Normalise(row.Text("word")),
        })
        {
            Gold = row.Label("label", Labels),
        };
    }

    /// <summary>The sentence, where the span of the word lies in it.</summary>
    private static string Sentence(TaskRow row, string number)
    {
        var text = row.Text("sentence" + number);
        if (row.Has("start" + number) || row.Has("end" + number))
        {
            var (start, end) = (row.Integer("start" + number), row.Integer("end" + number));
            if (start < 0 || end <= start || end > text.Length)
                throw row.Wrong($"'start{number}' {start} and 'end{number}' {end} mark no word of 'sentence{number}', which has {text.Length} characters.");
        }

        return SuperGlueText.Normalise(text);
    }
}
