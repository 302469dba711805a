using FlGlm.Client.Data;

namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// Confidence intervals by the percentile bootstrap (Efron, 1979): the metric of many samples drawn with replacement from the examples.
/// The same seed gives the same interval on every machine.
/// </summary>
public static class Bootstrap
{
    /// <summary>The interval of a metric that is computed from a list of examples.</summary>
    /// <param name="examples">what is drawn: scored examples, or whole groups of them, as the <see cref="MultiRcQuestion"/>s of MultiRC</param>
    /// <param name="metric">called once for each sample, which is as long as <paramref name="examples"/></param>
    public static ConfidenceInterval Interval<T>(
        IReadOnlyList<T> examples, Func<IReadOnlyList<T>, double> metric, int resamples = 1000, double level = 0.95, long seed = 0) =>
        Intervals(examples, sample => [metric(sample)], resamples, level, seed)[0];

    /// <summary>The intervals of several metrics, of the same samples.</summary>
    /// <param name="examples">what is drawn</param>
    /// <param name="metrics">called once for each sample; always as many values</param>
    /// <inheritdoc cref="Interval"/>
    public static IReadOnlyList<ConfidenceInterval> Intervals<T>(
        IReadOnlyList<T> examples, Func<IReadOnlyList<T>, IReadOnlyList<double>> metrics, int resamples = 1000, double level = 0.95, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentOutOfRangeException.ThrowIfZero(examples.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, 1);
        var random = new SplitMix64(seed);
        var samples = new IReadOnlyList<double>[resamples];
        for (var i = 0; i < resamples; i++)
        {
            var sample = new T[examples.Count];
            for (var j = 0; j < sample.Length; j++)
                sample[j] = examples[random.NextBelow(examples.Count)];
            samples[i] = metrics(sample);
        }

        return [.. Enumerable.Range(0, samples[0].Count).Select(metric => Interval([.. samples.Select(sample => sample[metric])], level))];
    }

    private static ConfidenceInterval Interval(double[] values, double level)
    {
        Array.Sort(values);
        return new ConfidenceInterval(Quantile(values, (1 - level) / 2), Quantile(values, (1 + level) / 2), level);
    }

    /// <returns>the value at the share of the sorted list, between two neighbours in proportion</returns>
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
