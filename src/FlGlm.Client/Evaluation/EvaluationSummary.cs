using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Client.Tasks;

namespace FlGlm.Client.Evaluation;

/// <summary>The result of an evaluation.</summary>
public sealed record EvaluationSummary
{
    /// <summary>What was evaluated, and how.</summary>
    public EvaluationSubject Subject { get; init; } = new();

    /// <summary>Questions in all.</summary>
    public int Questions { get; init; }

    /// <summary>Of these, those without a right answer in the file, as in a test set; they count in no metric.</summary>
    public int Unlabelled { get; init; }

    /// <summary>Prompts that have lost something to <c>data.max_length</c>.</summary>
    public int Shortened { get; init; }

    /// <summary>Free answers of no text, which score 0.</summary>
    public int Empty { get; init; }

    /// <summary>How often each label is right, where there are labels.</summary>
    public IReadOnlyDictionary<string, int> Labels { get; init; } = new Dictionary<string, int>();

    /// <summary>How often each label was answered, where there are labels.</summary>
    public IReadOnlyDictionary<string, int> Answers { get; init; } = new Dictionary<string, int>();

    /// <summary>The metrics, the one that counts first; none where no question has a right answer.</summary>
    public IReadOnlyList<MeasuredMetric> Metrics { get; init; } = [];

    /// <summary>Measures predictions.</summary>
    public static EvaluationSummary Of(EvaluationSubject subject, LanguageTask task, IReadOnlyList<Prediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(predictions);
        // in one order, so that parts that are joined give the digits of the whole
        Prediction[] judged = [.. predictions.Where(prediction => prediction.Gold.Count > 0).OrderBy(prediction => prediction.Id, StringComparer.Ordinal)];
        return new EvaluationSummary
        {
            Subject = subject,
            Questions = predictions.Count,
            Unlabelled = predictions.Count - judged.Length,
            Shortened = predictions.Count(prediction => prediction.IsShortened),
            Empty = predictions.Count(prediction => prediction.Choices.Count == 0 && string.IsNullOrWhiteSpace(prediction.Text)),
            Labels = Counts(task.Labels, judged.SelectMany(prediction => prediction.Gold)),
            Answers = Counts(task.Labels, predictions.Select(prediction => prediction.Answer)),
            Metrics = judged.Length > 0 ? MeasuredMetric.Of(task.Measure(judged), Intervals(subject.Evaluation, task, judged)) : [],
        };
    }

    private static SortedDictionary<string, int> Counts(IReadOnlyList<string> labels, IEnumerable<string> answers) =>
        new(answers.Where(labels.Contains).CountBy(label => label).ToDictionary(), StringComparer.Ordinal);

    /// <summary>Whole groups are drawn, each a new one where it is drawn again.</summary>
    private static IReadOnlyList<ConfidenceInterval>? Intervals(EvaluationSettings settings, LanguageTask task, Prediction[] judged)
    {
        if (settings.Resamples == 0)
            return null;
        Prediction[][] groups = [.. judged.GroupBy(prediction => prediction.Group.Length > 0 ? prediction.Group : prediction.Id).Select(group => group.ToArray())];
        return Bootstrap.Intervals(
            groups,
            drawn => [.. task.Measure([.. drawn.SelectMany((group, number) => group.Select(each => Numbered(each, number)))]).Select(metric => metric.Value)],
            settings.Resamples,
            seed: settings.Seed);

        static Prediction Numbered(Prediction prediction, int number) => prediction.Group.Length > 0 ? prediction with { Group = $"{number}" } : prediction;
    }
}
