namespace FlGlm.Client.Data;

/// <summary>
/// Draws from a symmetric Dirichlet distribution: gamma draws (Marsaglia and Tsang, 2000), each divided by their sum. The gamma draws are kept as
/// logarithms, since those of a small alpha are too small for a double.
/// </summary>
internal static class DirichletShares
{
    /// <returns>a share for each part; their sum is 1</returns>
    internal static double[] Draw(SplitMix64 random, double alpha, int parts)
    {
        var logs = new double[parts];
        for (var part = 0; part < parts; part++)
            logs[part] = LogGamma(random, alpha);
        var largest = logs.Max();
        double[] weights = [.. logs.Select(log => StableMath.Exp(log - largest))];
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>Cuts rows by such shares.</summary>
    /// <returns>the rows of each part; their sum is <paramref name="rows"/></returns>
    internal static int[] Sizes(SplitMix64 random, double alpha, int parts, int rows)
    {
        var (sizes, share, cut) = (new int[parts], 0.0, 0);
        var shares = Draw(random, alpha, parts);
        for (var part = 0; part < parts; part++)
        {
            share += shares[part];
            var end = part == parts - 1 ? rows : Math.Min((int)Math.Floor((share * rows) + 0.5), rows);
            (sizes[part], cut) = (end - cut, end);
        }

        return sizes;
    }

    private static double LogGamma(SplitMix64 random, double alpha)
    {
        if (alpha < 1)
            return LogGamma(random, alpha + 1) + (StableMath.Log(Uniform(random)) / alpha);
        var d = alpha - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var root = 1 + (c * x);
            if (root <= 0)
                continue;
            var v = root * root * root;
            var log = StableMath.Log(v);
            if (StableMath.Log(Uniform(random)) < (0.5 * x * x) + (d * (1 - v + log)))
                return StableMath.Log(d) + log;
        }
    }

    /// <summary>Marsaglia's polar method; the second number of each pair is left out.</summary>
    private static double Normal(SplitMix64 random)
    {
        while (true)
        {
            var (u, v) = ((2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1);
            var square = (u * u) + (v * v);
            if (square is > 0 and < 1)
                return u * Math.Sqrt(-2 * StableMath.Log(square) / square);
        }
    }

    /// <returns>a number above 0, at most 1</returns>
    private static double Uniform(SplitMix64 random) => 1 - random.NextDouble();
}
