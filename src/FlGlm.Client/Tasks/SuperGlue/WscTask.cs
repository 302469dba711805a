namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>WSC: does the pronoun stand for the noun?</summary>
/// <remarks>
/// In the paper's words (<c>cloze</c>, GLM's too) the model learns the nouns of the true rows, and a row is true where its own answer is the noun.
/// The other patterns ask for yes or no.
/// </remarks>
public sealed class WscTask : LanguageTask
{
    private const string True = "true";
    private const string False = "false";
    private static readonly string[] NoYes = ["no", "yes"];

    /// <inheritdoc/>
    public override string Name => "superglue/wsc";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = [False, True];

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "{text~} The pronoun '*{pronoun}*' refers to {mask}."),
        new("causal", "{text~} Question: does the pronoun \"*{pronoun}*\" refer to {noun}? Answer:") { Answers = NoYes },
        new("llama2-chat", "{plain~} Is the pronoun '{pronoun}' refers to '{noun}' ?") { Answers = ["No", "Yes"], IsChat = true },
        new("yes-no", "{text~} Question: does the pronoun \"*{pronoun}*\" refer to {noun}? Answer:{mask}.") { Answers = NoYes },
        new("glm-0", "{text~} The pronoun '*{pronoun}*' refers to{mask}."),
        new("glm-1", "{text~} In the previous sentence, the pronoun '*{pronoun}*' refers to{mask}."),
        new("glm-2", "{text~} Question: In the passage above, what does the pronoun '*{pronoun}*' refer to? Answer:{mask}."),
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row)
    {
        var target = row.Has("target") ? row.Object("target") : row;
        var text = SuperGlueText.Normalise(row.Text("text"));
        var (noun, pronoun) = (SuperGlueText.Normalise(target.Text("span1_text")), SuperGlueText.Normalise(target.Text("span2_text")));
        yield return new TaskItem(row.Id, new Dictionary<string, string>
        {
            ["text"] = Marked(target, text, pronoun),
            ["plain"] = text,
            ["noun"] = noun,
            ["pronoun"] = pronoun,
        })
        {
            Gold = row.Label("label", Labels),
            Answers = [noun],
        };
    }

    /// <summary>A free answer is learnt from the true rows alone.</summary>
    /// <inheritdoc/>
    public override IEnumerable<TaskItem> ReadToTrain(TaskRow row, PromptPattern pattern) =>
        Read(row).Where(item => pattern.Answers.Count > 0 || item.Gold.Contains(True));

    /// <inheritdoc/>
    public override string Conclude(TaskItem item, string text) => Plain(text) == Plain(item.Fields["noun"]) ? True : False;

    private static string Plain(string text) => SuperGlueText.WithoutEnd(text.Trim()).ToLowerInvariant();

    /// <summary>The text with stars around the pronoun. Some published rows count a word too many or too few.</summary>
    private static string Marked(TaskRow target, string text, string pronoun)
    {
        var words = text.Split(' ');
        var index = target.Integer("span2_index");
        foreach (var place in new[] { index, index - 1, index + 1 })
        {
            if (place < 0 || place >= words.Length)
                continue;
            var start = words[place].IndexOf(pronoun, StringComparison.OrdinalIgnoreCase);
            if (start < 0 || words[place].Remove(start, pronoun.Length).Any(char.IsLetter))
                continue;
            words[place] = $"{words[place][..start]}*{words[place].Substring(start, pronoun.Length)}*{words[place][(start + pronoun.Length)..]}";
            return string.Join(' ', words);
        }

        throw target.Wrong($"'span2_text' is '{pronoun}', and the text has no such word at 'span2_index' {index} or beside it.");
    }
}
