namespace FlGlm.Privacy.Metrics;

/// <summary>A score measured with several seeds.</summary>
/// <param name="Mean">of them</param>
/// <param name="HalfWidth">half of the mean's 95 % interval by Student's t; NaN of one seed</param>
public readonly record struct SeedSpread(double Mean, double HalfWidth)
{
    /// <summary>t for 95 % on both sides, by degrees of freedom from 1.</summary>
    private static readonly double[] StudentT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    /// <param name="values">2 to 10</param>
    public static SeedSpread Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new SeedSpread(mean, values.Count < 2 ? double.NaN : StudentT[values.Count - 2] * deviation / Math.Sqrt(values.Count));
    }
}
