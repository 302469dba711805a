using FlGlm.Privacy.Accounting;

namespace FlGlm.Privacy.Tests.Accounting;

public sealed class SubsampledDivergenceTests
{
    /// <summary>
    /// Every sample of n rows, one of them at -1 or at 1, the others wherever it hurts most, is summed with Gaussian noise: the densities of what leaves
    /// are mixtures over all samples, and their divergence is integrated. A row alone is what each row of a sample releases.
    /// </summary>
    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(3, 2, 4)]
    [InlineData(4, 1, 0.7)]
    [InlineData(4, 3, 2)]
    [InlineData(5, 1, 8)]
    [InlineData(5, 2, 1.5)]
    public void A_sampled_divergence_is_no_less_than_the_integral_over_all_samples(int rows, int drawn, double deviation)
    {
        var bound = new SubsampledDivergence(drawn / (double)rows, order => RenyiDivergence.Gaussian(order, deviation / 2));
        foreach (var order in new[] { 1.5, 2, 2.5, 3, 4, 7, 16 })
        {
            var worst = Others(rows - 1).Max(others => Divergence(order, [-1, .. others], [1, .. others], drawn, deviation));

            Assert.True(bound.At(order) >= worst * (1 - 1e-9), $"order {order}: {bound.At(order)} is less than {worst}");
        }
    }

    /// <summary>The theorem's sums of two and three terms, written out.</summary>
    [Theory]
    [InlineData(0.01, 2.5)]
    [InlineData(0.1, 5)]
    [InlineData(0.3, 20)]
    public void Divergences_at_low_orders_are_the_theorem_s(double rate, double deviation)
    {
        double Gaussian(double order) => RenyiDivergence.Gaussian(order, deviation);
        var second = rate * rate * Math.Min(4 * (Math.Exp(Gaussian(2)) - 1), 2 * Math.Exp(Gaussian(2)));
        var third = 2 * Math.Pow(rate, 3) * Math.Exp(2 * Gaussian(3));
        var ours = new SubsampledDivergence(rate, Gaussian);

        Assert.Equal(Math.Min(Gaussian(2), Math.Log(1 + second)), ours.At(2), 1e-12);
        Assert.Equal(Math.Min(Gaussian(3), Math.Log(1 + (3 * second) + third) / 2), ours.At(3), 1e-12);
    }

    /// <summary>
    /// TensorFlow Privacy's test of compute_rdp_sample_without_replacement (rate 0.01, deviation 2.5 of the sensitivity, 50 steps). Its values at orders between 2 and
    /// 100 are those of the paper's Theorem 27, which holds for Gaussian noise alone; ours are a little above.
    /// </summary>
    [Theory]
    [InlineData(1.001, 3.4701e-3, 1.01)]
    [InlineData(1.5, 3.4701e-3, 1.01)]
    [InlineData(2.5, 4.6386e-3, 1.01)]
    [InlineData(5, 8.7634e-3, 1.05)]
    [InlineData(50, 9.8474e-2, 1.6)]
    [InlineData(100, 1.6776e2, 1.01)]
    public void Divergences_are_those_published(double order, double published, double most) =>
        Assert.InRange(50 * new SubsampledDivergence(0.01, at => RenyiDivergence.Gaussian(at, 2.5)).At(order) / published, 0.9999, most);

    [Fact]
    public void A_sample_of_all_rows_costs_what_no_sampling_costs_and_a_smaller_one_never_more()
    {
        double Gaussian(double order) => RenyiDivergence.Gaussian(order, 3);
        foreach (var order in new[] { 1.01, 1.7, 2, 5.5, 64, 1023.5, 1024, 5000 })
        {
            Assert.Equal(Gaussian(order), new SubsampledDivergence(1, Gaussian).At(order), 1e-12);
            Assert.InRange(new SubsampledDivergence(0.05, Gaussian).At(order), 0, Gaussian(order));
        }

        Assert.InRange(new SubsampledDivergence(0.05, Gaussian).At(2), 0, Gaussian(2) / 50);
    }

    /// <summary>Each other row at -1, 0 or 1.</summary>
    private static IEnumerable<double[]> Others(int count) => count == 0
        ? [[]]
        : Others(count - 1).SelectMany(others => new[] { -1.0, 0, 1 }.Where(value => others.Length == 0 || value >= others[^1]).Select(value => (double[])[.. others, value]));

    private static double Divergence(double order, double[] rows, double[] replaced, int drawn, double deviation)
    {
        var (from, to) = (Sums(rows, drawn), Sums(replaced, drawn));
        double LogDensity(double[] sums, double x)
        {
            var exponents = sums.Select(sum => -(x - sum) * (x - sum) / (2 * deviation * deviation)).ToArray();
            return exponents.Max() + Math.Log(exponents.Average(exponent => Math.Exp(exponent - exponents.Max())));
        }

        var (reach, scale) = ((12 * deviation) + (2 * order) + rows.Length, deviation * Math.Sqrt(2 * Math.PI));
        var most = RenyiDivergence.Gaussian(order, deviation / 2);
        double Part(double x) => Math.Exp((order * LogDensity(from, x)) + ((1 - order) * LogDensity(to, x)) - ((order - 1) * most));
        return most + (Math.Log(Integrals.Simpson(Part, -reach, reach, intervals: 4000) / scale) / (order - 1));
    }

    /// <summary>The sum of each set of so many rows.</summary>
    private static double[] Sums(double[] rows, int drawn) =>
    [
        .. Enumerable.Range(0, 1 << rows.Length).Where(set => int.PopCount(set) == drawn)
            .Select(set => Enumerable.Range(0, rows.Length).Sum(row => (set >> row & 1) * rows[row])),
    ];
}
