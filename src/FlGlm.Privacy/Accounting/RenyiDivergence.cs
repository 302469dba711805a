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

    /// <summary>log(e^x + e^y).</summary>
    internal static double LogSum(double x, double y)
    {
        var (large, small) = (Math.Max(x, y), Math.Min(x, y));
        return double.IsNegativeInfinity(small) ? large : large + double.LogP1(Math.Exp(small - large));
    }
}
