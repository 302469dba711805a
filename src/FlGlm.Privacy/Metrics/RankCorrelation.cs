using FlGlm.Client.Data;

namespace FlGlm.Privacy.Metrics;

/// <summary>Spearman's rank correlation of two lists; ties have the mean of their ranks. NaN where one of them has but one value.</summary>
public static class RankCorrelation
{
    private const int Shuffles = 1000;
    private const double Smallest = 1e-12;

    /// <param name="x">as many as <paramref name="y"/></param>
    public static double Of(IReadOnlyList<double> x, IReadOnlyList<double> y) => Correlation(Ranks(x), Ranks(y));

    /// <summary>What is left of the correlation of x and y when that of both with z is taken out (partial correlation of the ranks).</summary>
    /// <param name="z">as many as the others; where it has but one value, nothing is taken out</param>
    /// <returns>NaN where z tells the order of x or y</returns>
    public static double Of(IReadOnlyList<double> x, IReadOnlyList<double> y, IReadOnlyList<double> z)
    {
        var (xy, xz, yz) = (Of(x, y), Of(x, z), Of(y, z));
        if (double.IsNaN(xz) || double.IsNaN(yz))
            return xy;
        var left = (1 - (xz * xz)) * (1 - (yz * yz));
        return left < Smallest ? double.NaN : (xy - (xz * yz)) / Math.Sqrt(left);
    }

    /// <summary>The control: 95 % of the correlations with shuffled values are at most this far from 0.</summary>
    public static double OfShuffled(IReadOnlyList<double> x, IReadOnlyList<double> y, long seed = 0)
    {
        var (of, with) = (Ranks(x), Ranks(y));
        int[] order = [.. Enumerable.Range(0, with.Length)];
        var random = new SplitMix64(seed);
        var found = new double[Shuffles];
        for (var i = 0; i < Shuffles; i++)
        {
            random.Shuffle(order);
            found[i] = Math.Abs(Correlation(of, [.. order.Select(place => with[place])]));
        }

        Array.Sort(found);
        return found[(int)(0.95 * Shuffles)];
    }

    private static double Correlation(double[] x, double[] y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var both = x.Zip(y).Sum(pair => (pair.First - meanX) * (pair.Second - meanY));
        return both / Math.Sqrt(x.Sum(value => (value - meanX) * (value - meanX)) * y.Sum(value => (value - meanY) * (value - meanY)));
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(place => values[place])];
        var ranks = new double[order.Length];
        for (var first = 0; first < order.Length;)
        {
            var end = first + 1;
            while (end < order.Length && values[order[end]].Equals(values[order[first]]))
                end++;
            var rank = (first + 1 + end) / 2.0;
            for (; first < end; first++)
                ranks[order[first]] = rank;
        }

        return ranks;
    }
}
