using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>Several evaluations together: parts of one joined, and the averages over SuperGLUE.</summary>
/// <param name="Summaries">One for each evaluation, parts joined.</param>
/// <param name="Averages">The average over SuperGLUE by both rules, each named; none where not all eight tasks are there once, whole, of one split and one model.</param>
public sealed record EvaluationScores(IReadOnlyList<EvaluationSummary> Summaries, IReadOnlyList<Metric> Averages)
{
    private const string SuperGlue = "superglue/";

    /// <summary>Reads the folders of evaluations that have ended.</summary>
    /// <param name="folders">Of parts of one evaluation (<see cref="Shard"/>) all are needed.</param>
    /// <param name="ownTasks">Tasks of your own among them.</param>
    /// <exception cref="ConfigurationException">A folder holds no such evaluation, or parts are missing or there twice.</exception>
    public static EvaluationScores Read(IReadOnlyList<string> folders, params IReadOnlyList<LanguageTask> ownTasks)
    {
        var read = folders.Select(folder => (Folder: folder, Evaluation: EvaluationFolder.Read(folder, "scores"))).ToList();
        var summaries = read.GroupBy(each => each.Evaluation.Summary.Subject with { Shard = "" }, SubjectComparer.Instance)
            .Select(parts => Join([.. parts], ownTasks)).ToList();
        return new EvaluationScores(summaries, AveragesOf(summaries));
    }

    /// <summary>A Markdown table.</summary>
    public string Markdown()
    {
        var averages = Averages.Select(average => FormattableString.Invariant($"\n{average.Name}: {100 * average.Value:F2}\n"));
        return EvaluationTable.Markdown(Summaries) + string.Concat(averages);
    }

    private static EvaluationSummary Join(
        IReadOnlyList<(string Folder, (EvaluationSummary Summary, IReadOnlyList<Prediction> Predictions) Evaluation)> parts, IReadOnlyList<LanguageTask> ownTasks)
    {
        var subject = parts[0].Evaluation.Summary.Subject;
        var shards = parts.Select(part => Shard.Parse(part.Evaluation.Summary.Subject.Shard, part.Folder)).ToList();
        if (shards.Select(shard => shard.Count).Distinct().Count() > 1 || !shards.Select(shard => shard.Index).Order().SequenceEqual(Enumerable.Range(1, shards[0].Count)))
            throw new ConfigurationException("scores", $"{subject.Task}: there are the parts {string.Join(", ", shards)}; each part of one whole is needed once.");
        if (shards.Count == 1)
            return parts[0].Evaluation.Summary;
        var task = ownTasks.FirstOrDefault(own => own.Name == subject.Task) ?? KnownTasks.Find(subject.Task)
            ?? throw new ConfigurationException("scores", $"the task {subject.Task} of '{parts[0].Folder}' is none that this program knows; its parts cannot be joined here.");
        return EvaluationSummary.Of(subject with { Shard = Shard.Whole.ToString() }, task, [.. parts.SelectMany(part => part.Evaluation.Predictions)]);
    }

    private static IReadOnlyList<Metric> AveragesOf(IReadOnlyList<EvaluationSummary> summaries)
    {
        var tasks = summaries.Where(summary => summary.Subject.Task.StartsWith(SuperGlue, StringComparison.Ordinal) && summary.Metrics.Count > 0)
            .ToLookup(summary => summary.Subject.Task[SuperGlue.Length..]);
        var subjects = tasks.SelectMany(task => task).Select(summary => summary.Subject).ToList();
        var isOne = subjects.Select(subject => (subject.Architecture, subject.Split)).Distinct().Count() == 1 && subjects.TrueForAll(subject => subject.Limit == 0);
        if (!isOne || tasks.Count < SuperGlueAverage.Tasks.Count || tasks.Any(task => task.Count() > 1))
            return [];
        var metrics = tasks.ToDictionary(task => task.Key, IReadOnlyList<Metric> (task) => [.. task.Single().Metrics.Select(metric => new Metric(metric.Name, metric.Value))]);
        return [SuperGlueAverage.Official(metrics), SuperGlueAverage.Paper(metrics)];
    }

    /// <summary>Subjects are equal that are written alike: lists in them are compared by what they hold.</summary>
    private sealed class SubjectComparer : IEqualityComparer<EvaluationSubject>
    {
        public static SubjectComparer Instance { get; } = new();

        public bool Equals(EvaluationSubject? one, EvaluationSubject? other) => Text(one) == Text(other);

        public int GetHashCode(EvaluationSubject subject) => Text(subject).GetHashCode(StringComparison.Ordinal);

        private static string Text(EvaluationSubject? subject) => System.Text.Json.JsonSerializer.Serialize(subject);
    }
}
