using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tasks.Generation;

/// <summary>What the summarisation tasks share: an article, its summary, and ROUGE.</summary>
public abstract class SummaryTask : LanguageTask
{
    private const string System = "You need to summarize an abstract base on the provided passage.";

    /// <summary><c>article</c> is the article alone, as the paper's own code has it; <c>glm</c> says what follows, as GLM's own summarisation does.</summary>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("causal", "{article~}\nSummary:"),
        new("article", "{article~}"),
        new("glm", "{mask} Content: {article~}"),
        new("llama2-chat", "The passage is '{article~}'.") { IsChat = true, System = System },
    ];

    /// <summary>The names that published files give the article.</summary>
    protected abstract string[] ArticleFields { get; }

    /// <summary>The names that published files give the summary.</summary>
    protected abstract string[] SummaryFields { get; }

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row)
    {
        string[] gold = SummaryFields.Any(row.Has) ? [row.TextOf(SummaryFields)] : [];
        yield return new TaskItem(row.Id, new Dictionary<string, string> { ["article"] = row.TextOf(ArticleFields) }) { Gold = gold };
    }

    /// <inheritdoc/>
    public override string Segmenter => ChineseWords.Name;

    /// <inheritdoc/>
    public override string Conclude(TaskItem item, string text) => text.Trim();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Judge(TaskItem item, string answer) =>
        new Dictionary<string, double>([
            .. TextScores.Google(answer, item.Gold[0]), .. TextScores.Pltrdy(answer, item.Gold[0]), .. TextScores.OverWords(answer, item.Gold[0]),
        ]);

    /// <summary>ROUGE F-measures, each the mean over all rows: of <c>rouge_score</c>, of <c>rouge</c> 1.0.1, and of <c>rouge_chinese</c> over jieba's words.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Measure(IReadOnlyList<Prediction> predictions) => TextScores.Means(predictions);
}
