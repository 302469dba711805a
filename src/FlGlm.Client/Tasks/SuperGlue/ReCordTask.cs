using System.Globalization;
using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>ReCoRD: which of the passage's entities stands in the query's gap? Every mention of the right one is a right answer.</summary>
public sealed class ReCordTask : LanguageTask
{
    private const string Placeholder = "@placeholder";

    /// <inheritdoc/>
    public override string Name => "superglue/record";

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("cloze", "{passage~} {before} {mask}{after}"),
        new("causal", "{passage~} {question}"),
        new("llama2-chat", "{passage~} {query} What does @placeholder represent?")
        {
            IsChat = true, System = "You need to predict what @placeholder represents in the query based on the provided passage.",
        },
        new("glm-0", "{passage~} {before}{mask}{after}"),
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row)
    {
        var passage = row.Object("passage");
        var text = passage.Text("text");
        var starts = CharacterStarts(text);
        TaskChoice[] entities =
        [
            .. passage.List("entities").Select(span => Span(span, text, starts, "text")).Distinct().Order(StringComparer.Ordinal).Select(name => new TaskChoice(name, name)),
        ];
        if (entities.Length == 0)
            throw row.Wrong("'passage.entities' is empty: there is no answer to choose from.");
        foreach (var (number, query) in row.List("qas").Index())
            yield return Item(row, text, starts, entities, query, number);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Judge(TaskItem item, string answer)
    {
        var score = ReCordScore.Of(answer, item.Gold);
        return new Dictionary<string, double> { ["f1"] = score.F1, ["em"] = score.ExactMatch };
    }

    /// <summary>F1 of words, then exact match, both the mean over all queries.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Measure(IReadOnlyList<Prediction> predictions) =>
        [.. new[] { "f1", "em" }.Select(name => new Metric(name, predictions.Average(each => each.Scores[name])))];

    private static TaskItem Item(TaskRow row, string text, int[] starts, TaskChoice[] entities, TaskRow query, int number)
    {
        var asked = SuperGlueText.Normalise(query.Text("query"));
        var gap = asked.IndexOf(Placeholder, StringComparison.Ordinal);
        if (gap < 0)
            throw query.Wrong($"'qas[{number}].query' has no {Placeholder}.");
        var (before, after) = (asked[..gap].TrimEnd(), asked[(gap + Placeholder.Length)..]);
        return new TaskItem($"{row.Id}.{(query.Has("idx") ? query.Id : number.ToString(CultureInfo.InvariantCulture))}", new Dictionary<string, string>
        {
            ["passage"] = SuperGlueText.Normalise(text.Replace("@highlight\n", "- ", StringComparison.Ordinal)),
            ["query"] = asked,
            ["before"] = before,
            ["after"] = after,
            ["question"] = after.Any(char.IsLetterOrDigit) ? $"{before} ____{after} Answer:" : before,
        })
        {
            Choices = entities,
            Gold = query.Has("answers") ? [.. query.List("answers").Select(span => Answer(span, text, starts, number)).Distinct()] : [],
        };
    }

    private static string Answer(TaskRow span, string text, int[] starts, int number)
    {
        var answer = span.Has("start") ? Span(span, text, starts, $"qas[{number}].answers") : span.Text("text");
        return !span.Has("text") || span.Text("text") == answer ? answer : throw span.Wrong($"an answer of qas[{number}] is '{span.Text("text")}', and its span holds '{answer}'.");
    }

    /// <summary>The text of a span, whose end is its last character.</summary>
    private static string Span(TaskRow span, string text, int[] starts, string what)
    {
        var (start, end) = (span.Integer("start"), span.Integer("end"));
        return start >= 0 && end >= start && end < starts.Length - 1
            ? text[starts[start]..starts[end + 1]]
            : throw span.Wrong($"{what}: the span {start} to {end} lies outside the passage of {starts.Length - 1} characters.");
    }

    /// <summary>Where each character begins, and the end: spans count characters, of which some take two places in a string.</summary>
    private static int[] CharacterStarts(string text)
    {
        var starts = new List<int> { 0 };
        foreach (var character in text.EnumerateRunes())
            starts.Add(starts[^1] + character.Utf16SequenceLength);
        return [.. starts];
    }
}
