namespace FlGlm.Privacy.Accounting;

/// <summary>
/// The Rényi divergence of releases that are made of a uniform sample of the rows, drawn without replacement, where one row is replaced: an upper bound from
/// that of the releases of a row that is in the sample (Wang, Balle, Kasiviswanathan 2019, Theorem 9). It holds for every mechanism, also one whose
/// releases depend on earlier ones, as long as nobody learns which rows are in the sample but by what is released.
/// </summary>
/// <remarks>
/// The theorem is for whole orders; between them (order - 1) * divergence is convex in the order (Corollary 10 there). No terms of the theorem are used that need
/// a bounded privacy loss, which Gaussian noise has not. A sample costs no more than no sampling, so the divergence is never above that of the releases.
/// </remarks>
internal sealed class SubsampledDivergence
{
    /// <summary>The sums have as many terms as the order; beyond, no sampling is assumed.</summary>
    private const int LargestOrder = 1024;

    private readonly double _rate;
    private readonly Func<double, double> _releases;
    private readonly double[] _moments = new double[LargestOrder + 1];

    /// <param name="rate">rows of a sample / rows, more than 0</param>
    /// <param name="releases">the divergence at an order, of all releases of a row in the sample</param>
    public SubsampledDivergence(double rate, Func<double, double> releases)
    {
        (_rate, _releases) = (rate, releases);
        var terms = Enumerable.Range(0, LargestOrder + 1).Select(LogTerm).ToArray();
        for (var order = 2; order <= LargestOrder; order++)
            _moments[order] = Math.Min(LogMoment(order, terms), (order - 1) * releases(order));
    }

    /// <summary>At an order of more than 1.</summary>
    public double At(double order)
    {
        if (_rate >= 1 || order > LargestOrder)
            return _releases(order);
        var (floor, part) = ((int)Math.Floor(order), order - Math.Floor(order));
        var sampled = part == 0 ? _moments[floor] : ((1 - part) * _moments[floor]) + (part * _moments[floor + 1]);
        return Math.Min(_releases(order), sampled / (order - 1));
    }

    /// <summary>log of what stands beside binomial(order, j) in the theorem.</summary>
    private double LogTerm(int j)
    {
        if (j < 2)
            return double.NegativeInfinity;
        var divergence = _releases(j);
        var moment = Math.Log(2) + ((j - 1) * divergence);
        return (j * Math.Log(_rate)) + (j > 2 ? moment : Math.Min(moment, Math.Log(4) + divergence + double.LogP1(-Math.Exp(-divergence))));
    }

    /// <summary>log(1 + the sum over j from 2 of binomial(order, j) * term j).</summary>
    private static double LogMoment(int order, double[] terms)
    {
        var (sum, logBinomial) = (0.0, 0.0);
        for (var j = 1; j <= order; j++)
        {
            logBinomial += Math.Log(order - j + 1) - Math.Log(j);
            if (j >= 2)
                sum = RenyiDivergence.LogSum(sum, logBinomial + terms[j]);
        }

        return sum;
    }
}
