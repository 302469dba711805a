using System.Globalization;

namespace FlGlm.Cli.Simulation;

/// <summary>The mean of some values.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation of a sample (of n - 1); null of one value.</param>
/// <param name="Count">How many there are.</param>
internal sealed record Statistic(double Mean, double? Deviation, int Count)
{
    /// <summary>Of the values that there are; null where there is none.</summary>
    public static Statistic? Of(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        if (known.Length == 0)
            return null;
        var mean = known.Average();
        return new Statistic(mean, known.Length > 1 ? Math.Sqrt(known.Sum(value => (value - mean) * (value - mean)) / (known.Length - 1)) : null, known.Length);
    }

    /// <summary><c>mean ± sd (n)</c>, with as many digits after the point for both.</summary>
    public override string ToString()
    {
        var digits = Math.Abs(Mean) switch { >= 1000 => "F0", >= 100 => "F1", >= 10 => "F2", >= 0.1 => "F4", _ => "F6" };
        var (mean, count) = (Mean.ToString(digits, CultureInfo.InvariantCulture), Count.ToString(CultureInfo.InvariantCulture));
        return Deviation is { } deviation ? $"{mean} ± {deviation.ToString(digits, CultureInfo.InvariantCulture)} ({count})" : $"{mean} ({count})";
    }
}
