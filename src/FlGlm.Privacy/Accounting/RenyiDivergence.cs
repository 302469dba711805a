namespace FlGlm.Privacy.Accounting;

/// <summary>The Rényi divergence of a mechanism's outputs on two neighbouring inputs, in nats: what one release costs at an order.</summary>
public static class RenyiDivergence
{
    /// <summary>Gaussian noise: order * (sensitivity / deviation)^2 / 2 (Mironov 2017, Proposition 7).</summary>
    /// <param name="order">more than 1</param>
    /// <param name="deviation">standard deviation of the noise, in units of the sensitivity</param>
    public static double Gaussian(double order, double deviation) => order / (2 * deviation * deviation);

    /// <summary>Laplace noise (Mironov 2017, Proposition 6).</summary>
    /// <param name="order">more than 1</param>
    /// <param name="scale">of the noise, in units of the sensitivity in the L1 norm</param>
    public static double Laplace(double order, double scale)
    {
        var above = Math.Log(order / ((2 * order) - 1)) + ((order - 1) / scale);
        var below = Math.Log((order - 1) / ((2 * order) - 1)) - (order / scale);
        return LogSum(above, below) / (order - 1);
    }

    /// <summary>
    /// Gaussian noise on the sum of a Poisson sample, where one row is added or removed (Mironov, Talwar, Zhang 2019, section 3.3). Exact at whole
    /// orders; between them an upper bound, since (order - 1) * divergence is convex in the order.
    /// </summary>
    /// <param name="order">more than 1</param>
    /// <param name="rate">the probability, 0..1, with which each row is in the sample</param>
    /// <param name="deviation">standard deviation of the noise, in units of the sensitivity to one row that is added</param>
    public static double SampledGaussian(double order, double rate, double deviation)
    {
        if (rate is 0 or 1)
            return rate == 0 ? 0 : Gaussian(order, deviation);
        var (floor, part) = (Math.Floor(order), order - Math.Floor(order));
        var low = floor < 2 ? 0 : LogMoment((int)floor, rate, deviation);
        return (((1 - part) * low) + (part > 0 ? part * LogMoment((int)floor + 1, rate, deviation) : 0)) / (order - 1);
    }

    /// <summary>log of the order's moment: the sum over k of binomial(order, k) (1 - rate)^(order - k) rate^k exp((k^2 - k) / (2 deviation^2)).</summary>
    private static double LogMoment(int order, double rate, double deviation)
    {
        var (sum, logBinomial) = (double.NegativeInfinity, 0.0);
        for (var k = 0; k <= order; k++)
        {
            var weight = logBinomial + (k * Math.Log(rate)) + ((order - k) * Math.Log(1 - rate));
            sum = LogSum(sum, weight + ((((double)k * k) - k) / (2 * deviation * deviation)));
            logBinomial += Math.Log(order - k) - Math.Log(k + 1);
        }

        return sum;
    }

    /// <summary>log(e^x + e^y).</summary>
    internal static double LogSum(double x, double y)
    {
        var (large, small) = (Math.Max(x, y), Math.Min(x, y));
        return double.IsNegativeInfinity(small) ? large : large + double.LogP1(Math.Exp(small - large));
    }
}
