using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tasks.Generation;

/// <summary>Huatuo: answers to medical questions, in Chinese.</summary>
public sealed class HuatuoTask : LanguageTask
{
    /// <inheritdoc/>
    public override string Name => "huatuo";

    /// <inheritdoc/>
    public override IReadOnlyList<PromptPattern> Patterns { get; } =
    [
        new("question", "{question~}") { HasBlank = false },
        new("llama2-chat", "Question: {question~}? Answer:") { IsChat = true },
    ];

    /// <inheritdoc/>
    public override IEnumerable<TaskItem> Read(TaskRow row)
    {
        string[] gold = row.Has("answer") ? [row.Text("answer")] : [];
        yield return new TaskItem(row.Id, new Dictionary<string, string> { ["question"] = row.Text("question") }) { Gold = gold };
    }

    /// <inheritdoc/>
    public override string Segmenter => ChineseWords.Name;

    /// <inheritdoc/>
    public override string Conclude(TaskItem item, string text) => text.Trim();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Judge(TaskItem item, string answer) =>
        new Dictionary<string, double>([.. TextScores.BleuScores(answer, item.Gold[0]), .. TextScores.OverWords(answer, item.Gold[0])]);

    /// <summary>
    /// BLEU-4 over characters (NLTK, smoothing method 3), then ROUGE F-measures of <c>rouge_chinese</c> over jieba's words, each the mean over all
    /// rows; then sacreBLEU's corpus BLEU of Chinese.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Measure(IReadOnlyList<Prediction> predictions) => TextScores.Means(predictions);
}
