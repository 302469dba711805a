using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Client.Tasks;

namespace FlGlm.Client.Tests.Tasks;

/// <summary>The metrics of every task, from answers made by hand.</summary>
public sealed class TaskMetricsTests
{
    private static readonly TaskItem Noun = new("1", new Dictionary<string, string> { ["noun"] = "The roses" });

    [Theory]
    [InlineData("superglue/boolq")]
    [InlineData("superglue/copa")]
    [InlineData("superglue/rte")]
    [InlineData("superglue/wic")]
    [InlineData("superglue/wsc")]
    public void Accuracy_is_the_share_of_right_answers(string task)
    {
        var metrics = Measure(task, ("a", ["a"]), ("b", ["a"]), ("a", ["a"]), ("b", ["b"]));

        Assert.Equal([new Metric("accuracy", 0.75)], metrics);
    }

    [Fact]
    public void CB_is_macro_F1_over_all_three_labels_though_one_never_occurs_and_accuracy()
    {
        var metrics = Measure(
            "superglue/cb", ("entailment", ["entailment"]), ("entailment", ["contradiction"]), ("contradiction", ["contradiction"]), ("contradiction", ["contradiction"]));

        // entailment: 2 * 1 / (2 + 1), contradiction: 2 * 2 / (2 + 3), neutral: 0
        Expect([("f1", ((2 / 3.0) + 0.8 + 0) / 3), ("accuracy", 0.75)], metrics);
    }

    [Fact]
    public void MultiRC_pools_answers_for_F1a_and_counts_whole_questions_for_EM()
    {
        var metrics = Measure(
            "superglue/multirc",
            Answer("0.0", "1", "1"), Answer("0.0", "0", "0"),
            Answer("1.0", "1", "1"), Answer("1.0", "1", "0"), Answer("1.0", "0", "0"));

        // 2 found, 1 too many; precision of the questions 1 and 1/2, recall 1
        Expect([("f1a", 0.8), ("em", 0.5), ("f1m", 2 * 0.75 / 1.75), ("accuracy", 0.8)], metrics);
    }

    [Fact]
    public void ReCoRD_takes_the_best_of_the_right_answers_and_the_mean_over_queries()
    {
        var metrics = Measure("superglue/record", ("vik", ["Karl Vik", "the Vik"]), ("Brand", ["Ida Brand"]), ("Oslo", ["Bremen"]));

        // 1; precision 1 and recall 1/2; nothing
        Expect([("f1", (1 + (2 / 3.0) + 0) / 3), ("em", 1 / 3.0)], metrics);
    }

    [Theory]
    [InlineData("the roses.", "true")]
    [InlineData("  THE ROSES!\n", "true")]
    [InlineData("The roses", "true")]
    [InlineData("roses", "false")]
    [InlineData("the roses because", "false")]
    [InlineData("", "false")]
    public void WSC_is_true_where_the_written_noun_is_the_rows_own(string text, string label) =>
        Assert.Equal(label, KnownTasks.Find("superglue/wsc")!.Conclude(Noun, text));

    [Theory]
    [InlineData("xsum")]
    [InlineData("cnn_dailymail")]
    public void Summaries_are_measured_by_three_kinds_of_ROUGE_each_the_mean_over_rows(string task)
    {
        var metrics = Measure(task, ("the harbour has reopened", ["the harbour has reopened"]), ("", ["a bakery sells bread"]));

        Assert.Equal(
            new[] { GoogleRouge.Name, PltrdyRouge.Name, ChineseRouge.Name }.SelectMany(name => new[] { $"{name}.rouge1", $"{name}.rouge2", $"{name}.rougeL" })
                .Append($"{GoogleRouge.Name}.rougeLsum").Order(),
            metrics.Select(metric => metric.Name).Order());
        Assert.StartsWith(GoogleRouge.Name + ".rouge1", metrics[0].Name, StringComparison.Ordinal);
        Assert.All(metrics, metric => Assert.Equal(0.5, metric.Value, 1e-6));
    }

    [Fact]
    public void Huatuo_is_BLEU_of_characters_ROUGE_of_words_and_corpus_BLEU_over_all_rows_together()
    {
        (string Text, string[] Gold)[] answers = [("建议到医院检查", ["建议到医院检查"]), ("", ["多喝水"]), ("建议休息几天", ["建议您休息几天"])];

        var metrics = Measure("huatuo", answers);

        var characters = SentenceBleu.Score(SentenceBleu.Characters("建议休息几天"), [SentenceBleu.Characters("建议您休息几天")]);
        Expect([("bleu4.characters", (1 + 0 + characters) / 3)], [metrics[0]]);
        Assert.Equal(
            ["bleu4.characters", $"{ChineseRouge.Name}.rouge1", $"{ChineseRouge.Name}.rouge2", $"{ChineseRouge.Name}.rougeL", "sacrebleu.zh"],
            metrics.Select(metric => metric.Name));
        var corpus = CorpusBleu.Score(
            CorpusBleu.Count([.. answers.Select(each => each.Text)], [[.. answers.Select(each => each.Gold[0])]], new CorpusBleuOptions { Tokenizer = BleuTokenizer.Zh }),
            new CorpusBleuOptions { Tokenizer = BleuTokenizer.Zh });
        Assert.Equal(corpus, metrics[^1].Value, 1e-12);
        Assert.InRange(corpus, 0.1, 0.99);
    }

    [Fact]
    public void A_free_answer_is_measured_without_the_blanks_around_it() =>
        Assert.All(["xsum", "cnn_dailymail", "huatuo"], task => Assert.Equal("so", KnownTasks.Find(task)!.Conclude(Noun, " so\n")));

    private static (string Answer, string[] Gold, string Group) Answer(string group, string answer, string gold) => (answer, [gold], group);

    private static IReadOnlyList<Metric> Measure(string task, params (string Answer, string[] Gold)[] answers) =>
        Measure(task, [.. answers.Select(each => (each.Answer, each.Gold, ""))]);

    private static IReadOnlyList<Metric> Measure(string name, params (string Answer, string[] Gold, string Group)[] answers)
    {
        var task = KnownTasks.Find(name)!;
        return task.Measure([.. answers.Index().Select(each => new Prediction($"{each.Index}", each.Item.Answer, each.Item.Gold)
        {
            Group = each.Item.Group,
            Scores = task.Judge(Noun with { Gold = each.Item.Gold }, each.Item.Answer),
        })]);
    }

    private static void Expect((string Name, double Value)[] expected, IReadOnlyList<Metric> metrics)
    {
        Assert.Equal(expected.Select(each => each.Name), metrics.Select(metric => metric.Name));
        Assert.All(expected.Zip(metrics), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-12));
    }
}
