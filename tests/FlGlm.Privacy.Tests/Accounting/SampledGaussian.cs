using FlGlm.Privacy.Accounting;

namespace FlGlm.Privacy.Tests.Accounting;

/// <summary>The mechanism of published epsilons of DP-SGD, which no run here has: the conversion to an epsilon is checked with it.</summary>
internal static class SampledGaussian
{
    /// <summary>
    /// Gaussian noise on the sum of a Poisson sample, where one row is added or removed (Mironov, Talwar, Zhang 2019, section 3.3). Exact at whole
    /// orders; between them an upper bound, since (order - 1) * divergence is convex in the order.
    /// </summary>
    /// <param name="order">more than 1</param>
    /// <param name="rate">the probability, 0..1, with which each row is in the sample</param>
    /// <param name="deviation">standard deviation of the noise, in units of the sensitivity to one row that is added</param>
    public static double Divergence(double order, double rate, double deviation)
    {
        if (rate is 0 or 1)
            return rate == 0 ? 0 : RenyiDivergence.Gaussian(order, deviation);
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
            sum = RenyiDivergence.LogSum(sum, weight + ((((double)k * k) - k) / (2 * deviation * deviation)));
            logBinomial += Math.Log(order - k) - Math.Log(k + 1);
        }

        return sum;
    }
}
