using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>An earlier evaluation that a new one must not be worse than.</summary>
/// <param name="Summary">its result</param>
/// <param name="Tolerance">points in percent that a metric may lose</param>
public sealed record Baseline(EvaluationSummary Summary, double Tolerance)
{
    /// <summary>Reads the folder of an evaluation that has ended, or its <c>summary.json</c>.</summary>
    /// <exception cref="ConfigurationException">It is none, or the tolerance is negative.</exception>
    public static Baseline Read(string path, double tolerance = 0) => tolerance >= 0
        ? new Baseline(EvaluationFolder.Read(path, "--baseline").Summary, tolerance)
        : throw new ConfigurationException("--tolerance", $"{tolerance} is no number of points; 0 or more.");

    /// <summary>Refuses a comparison of what cannot be compared: another task, other words, files or model.</summary>
    /// <exception cref="ConfigurationException">They differ.</exception>
    public void ExpectComparable(EvaluationSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var before = Summary.Subject;
        (string What, string Before, string Now)[] facts =
        [
            ("task", before.Task, subject.Task),
            ("pattern", before.Pattern, subject.Pattern),
            ("model", before.Architecture, subject.Architecture),
            ("split", before.Split, subject.Split),
            ("files", Hashes(before), Hashes(subject)),
            ("rows", $"limit {before.Limit}, shard {before.Shard}", $"limit {subject.Limit}, shard {subject.Shard}"),
        ];
        if (facts.FirstOrDefault(fact => fact.Before != fact.Now) is { What: not null } other)
            throw new ConfigurationException("--baseline", $"is of another {other.What}: {other.Before}, where this evaluation has {other.Now}.");
    }

    /// <summary>Compares results.</summary>
    /// <exception cref="WorseException">A metric is below its baseline by more than the tolerance.</exception>
    public void Expect(EvaluationSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ExpectComparable(summary.Subject);
        var now = summary.Metrics.ToDictionary(metric => metric.Name);
        string[] worse =
        [
            .. Summary.Metrics.Where(before => now.TryGetValue(before.Name, out var after) && 100 * (before.Value - after.Value) > Tolerance + 1e-9)
                .Select(before => FormattableString.Invariant($"{before.Name} {100 * now[before.Name].Value:F2} after {100 * before.Value:F2}")),
        ];
        if (worse.Length > 0)
            throw new WorseException($"Worse than the baseline (tolerance {FormattableString.Invariant($"{Tolerance}")} points): {string.Join(", ", worse)}.");
    }

    private static string Hashes(EvaluationSubject subject) => string.Join(", ", subject.Files.Select(file => file.Sha256[..Math.Min(12, file.Sha256.Length)]));
}
