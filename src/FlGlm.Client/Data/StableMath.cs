namespace FlGlm.Client.Data;

/// <summary>
/// Logarithm and exponential that give the same bits on every machine: additions, multiplications and divisions alone, where those of
/// <see cref="Math"/> are the platform's and may differ in the last bit.
/// </summary>
internal static class StableMath
{
    private const double Ln2 = 0.693147180559945309;
    private const double Sqrt2 = 1.414213562373095049;

    /// <summary>Below it an exponential is 0.</summary>
    private const double LeastExponent = -745;

    /// <param name="x">More than 0 and normal.</param>
    internal static double Log(double x)
    {
        var exponent = Math.ILogB(x);
        var mantissa = Math.ScaleB(x, -exponent);
        if (mantissa > Sqrt2)
            (mantissa, exponent) = (mantissa / 2, exponent + 1);
        var ratio = (mantissa - 1) / (mantissa + 1);  // ln m = 2 artanh of it, at most 0.172
        var (sum, power) = (0.0, ratio);
        for (var n = 1; n <= 23; n += 2)
        {
            sum += power / n;
            power *= ratio * ratio;
        }

        return (2 * sum) + (exponent * Ln2);
    }

    /// <param name="x">0 or less.</param>
    internal static double Exp(double x)
    {
        if (x < LeastExponent)
            return 0;
        var halvings = Math.Round(x / Ln2);
        var rest = x - (halvings * Ln2);
        var (sum, term) = (1.0, 1.0);
        for (var n = 1; n <= 18; n++)
        {
            term *= rest / n;
            sum += term;
        }

        return Math.ScaleB(sum, (int)halvings);
    }
}
