namespace FlGlm.Benchmarks.Measuring;

/// <summary>The same thing timed several times.</summary>
/// <param name="Seconds">in the order of measuring</param>
internal sealed record Samples(IReadOnlyList<double> Seconds)
{
    /// <summary>The median, in seconds.</summary>
    public double P50 => Quantile(0.5);

    public double P95 => Quantile(0.95);

    /// <summary>Median and 95th percentile in milliseconds.</summary>
    public override string ToString() => $"{P50 * 1e3:F2} / {P95 * 1e3:F2} ms";

    /// <summary>Between two samples, on the line between them.</summary>
    private double Quantile(double share)
    {
        var sorted = Seconds.Order().ToArray();
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
