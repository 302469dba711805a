using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Accounting;

/// <summary>
/// Adds up what releases cost, and states it as an epsilon at a delta. Rényi divergences add up at each order, whatever later releases learn from
/// earlier ones (Mironov 2017, Proposition 1).
/// </summary>
/// <remarks>
/// Two neighbouring data sets have one row replaced by another of the same lengths. Rows are clipped to a norm, so that the two releases differ by
/// up to twice the clip: noise is given in units of the clip, and the sensitivity is 2.
/// </remarks>
public sealed class RenyiAccountant
{
    /// <summary>A replaced row: in units of the clip, two rows are up to this far apart.</summary>
    private const double Sensitivity = 2;

    private static readonly double[] Orders = [.. FineOrders().Concat(Enumerable.Range(2, 1023).Select(order => (double)order)).Order()];
    private readonly double[] _divergences = new double[Orders.Length];

    /// <summary>The sum of the epsilons of releases that need no delta; infinite with one that does.</summary>
    private double _pure;

    /// <summary>Counts releases with Gaussian noise.</summary>
    /// <param name="noise">standard deviation, in units of the row's clip in the L2 norm; more than 0</param>
    /// <param name="releases">of one row; 0 or more</param>
    public void AddGaussian(double noise, long releases) => Add(order => DivergenceOf(NoiseDistribution.Gaussian, noise, order), double.PositiveInfinity, releases);

    /// <summary>Counts releases with Laplace noise.</summary>
    /// <param name="noise">scale, in units of the row's clip in the L1 norm; more than 0</param>
    /// <param name="releases">of one row; 0 or more</param>
    public void AddLaplace(double noise, long releases) => Add(order => DivergenceOf(NoiseDistribution.Laplace, noise, order), Sensitivity / noise, releases);

    /// <summary>Counts steps, each with a sample of its own.</summary>
    /// <param name="divergence">of one step</param>
    internal void AddSubsampled(SubsampledDivergence divergence, long steps) => Add(divergence.At, double.PositiveInfinity, steps);

    /// <summary>
    /// The least epsilon over all orders at which the releases are (epsilon, delta)-differentially private: divergence + log((order - 1) / order)
    /// - (log delta + log order) / (order - 1) (Canonne, Kamath, Steinke 2020, Proposition 12), or the sum of the epsilons of Laplace releases.
    /// </summary>
    /// <param name="delta">between 0 and 1</param>
    public double Epsilon(double delta)
    {
        var least = _pure;
        for (var index = 0; index < Orders.Length; index++)
            least = Math.Min(least, Epsilon(Orders[index], _divergences[index], delta));
        return Math.Max(0, least);
    }

    /// <summary>The divergence of one release of a replaced row.</summary>
    /// <param name="noise">in units of the clip; more than 0</param>
    internal static double DivergenceOf(NoiseDistribution distribution, double noise, double order) => distribution == NoiseDistribution.Laplace
        ? RenyiDivergence.Laplace(order, noise / Sensitivity)
        : RenyiDivergence.Gaussian(order, noise / Sensitivity);

    /// <summary>What a divergence at an order is as an epsilon.</summary>
    internal static double Epsilon(double order, double divergence, double delta) =>
        divergence + Math.Log((order - 1) / order) - ((Math.Log(delta) + Math.Log(order)) / (order - 1));

    private void Add(Func<double, double> divergence, double pure, long releases)
    {
        if (releases == 0)
            return;
        for (var index = 0; index < Orders.Length; index++)
            _divergences[index] += releases * divergence(Orders[index]);
        _pure += releases * pure;
    }

    /// <summary>1.01 to 1e6, each order's distance from 1 about 6 % more than the one before: epsilon is flat where it is least.</summary>
    private static IEnumerable<double> FineOrders() => Enumerable.Range(0, 321).Select(step => 1 + Math.Pow(10, (step / 40.0) - 2));
}
