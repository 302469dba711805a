using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Privacy.Metrics;

/// <summary>The area under the ROC curve: how likely a score of a true example is above that of a false one, ties counting half. 0.5 is chance.</summary>
/// <param name="Value">NaN where all examples are of one kind</param>
/// <param name="Interval">95 %, from resampled groups; null where it was not asked for</param>
public sealed record RocArea(double Value, ConfidenceInterval? Interval)
{
    /// <summary>With the interval of resampled groups: the scores of one row depend on one another.</summary>
    public static RocArea Of(IReadOnlyList<IReadOnlyList<(double Score, bool IsTrue)>> groups, int resamples = 200, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return new RocArea(Of(groups.SelectMany(group => group)), Bootstrap.Interval(groups, sample => Of(sample.SelectMany(group => group)), resamples, seed: seed));
    }

    /// <summary>The area alone.</summary>
    public static double Of(IEnumerable<(double Score, bool IsTrue)> examples)
    {
        var sorted = examples.OrderBy(example => example.Score).ToArray();
        var (ranks, positives) = (0.0, 0L);
        for (var first = 0; first < sorted.Length;)
        {
            var end = first + 1;
            while (end < sorted.Length && sorted[end].Score.Equals(sorted[first].Score))
                end++;
            var rank = (first + 1 + end) / 2.0;
            for (; first < end; first++)
            {
                if (!sorted[first].IsTrue)
                    continue;
                ranks += rank;
                positives++;
            }
        }

        var negatives = sorted.Length - positives;
        return (ranks - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}
