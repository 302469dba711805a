using FlGlm.Privacy.Accounting;

namespace FlGlm.Privacy.Tests.Accounting;

public sealed class RenyiAccountantTests
{
    /// <summary>
    /// Published epsilons of DP-SGD, whose unit is a row added or removed. Abadi et al. 2016, section 1 (1.26; TensorFlow Privacy's test of get_privacy_spent has 1.258575), the moments
    /// accountant with the conversion of Mironov 2017; TensorFlow Privacy's own tests of compute_dp_sgd_privacy, releases before and after it
    /// took the tighter conversion.
    /// </summary>
    [Theory]
    [InlineData(0.01, 4, 10_000, 1e-5, false, 1.26)]
    [InlineData(0.01, 4, 10_000, 1e-5, false, 1.258575)]
    [InlineData(150 / 60_000.0, 1.3, 6_000, 1e-5, false, 0.941870567)]
    [InlineData(100 / 100_000.0, 1, 30_000, 1e-7, false, 1.70928734)]
    [InlineData(150 / 60_000.0, 1.3, 6_000, 1e-5, true, 0.7242234026109595)]
    [InlineData(100 / 100_000.0, 1, 30_000, 1e-7, true, 1.4154988495444845)]
    public void Sampled_epsilons_are_those_published(double rate, double deviation, int steps, double delta, bool isTight, double published)
    {
        var least = Enumerable.Range(2, 255).Min(order =>
        {
            var divergence = steps * SampledGaussian.Divergence(order, rate, deviation);
            return isTight ? RenyiAccountant.Epsilon(order, divergence, delta) : divergence + (Math.Log(1 / delta) / (order - 1));
        });

        Assert.InRange(least / published, 0.99, 1.01);
    }

    /// <summary>Published divergences: TensorFlow Privacy's tests of compute_rdp, to the digits that they state.</summary>
    [Theory]
    [InlineData(0.1, 2, 10, 5, 0.07737, 1e-5)]
    [InlineData(0.01, 2.5, 50, 5, 0.00218075, 1e-5)]
    [InlineData(0.01, 2.5, 50, 50, 0.023846, 1e-5)]
    [InlineData(0.01, 2.5, 50, 100, 167.416307, 1e-5)]
    [InlineData(1, 10, 1, 20, 0.1, 1e-12)]
    public void Sampled_divergences_are_those_published(double rate, double deviation, int steps, double order, double published, double digits) =>
        Assert.Equal(published, steps * SampledGaussian.Divergence(order, rate, deviation), digits);

    [Theory]
    [InlineData(1.2, 3)]
    [InlineData(2, 1)]
    [InlineData(9, 0.5)]
    public void Gaussian_and_Laplace_divergences_are_the_integrals(double order, double noise)
    {
        double LogGaussian(double x, double mean) => -((x - mean) * (x - mean) / (2 * noise * noise)) - Math.Log(noise * Math.Sqrt(2 * Math.PI));
        double LogLaplace(double x, double mean) => -(Math.Abs(x - mean) / noise) - Math.Log(2 * noise);
        double Divergence(Func<double, double, double> logDensity) =>
            Math.Log(Integral(x => Math.Exp((order * logDensity(x, 1)) + ((1 - order) * logDensity(x, 0))), -100, 100)) / (order - 1);

        Assert.Equal(1, RenyiDivergence.Gaussian(order, noise) / Divergence(LogGaussian), 1e-4);
        Assert.Equal(1, RenyiDivergence.Laplace(order, noise) / Divergence(LogLaplace), 1e-4);
    }

    /// <summary>
    /// The least epsilon there is, from the privacy loss of the sum of all releases, which is normal. Rényi's bound is above it: by 20 % at most here.
    /// </summary>
    [Theory]
    [InlineData(2, 1, 1e-5)]
    [InlineData(10, 60, 1e-5)]
    [InlineData(50, 500, 1e-6)]
    [InlineData(8, 200, 1e-5)]
    public void Gaussian_epsilons_are_above_those_of_the_privacy_loss(double noise, int releases, double delta)
    {
        var accountant = new RenyiAccountant();
        accountant.AddGaussian(noise, releases);

        var exact = LeastEpsilon(2 / noise * Math.Sqrt(releases), delta);

        Assert.InRange(accountant.Epsilon(delta) / exact, 1, 1.2);
    }

    /// <summary>Balle and Wang 2018, the analytic Gaussian mechanism: deviation 3.7306 at epsilon 1, delta 1e-5, sensitivity 1. It checks the integral above.</summary>
    [Fact]
    public void The_integrated_privacy_loss_has_the_analytic_mechanism_s_epsilon() => Assert.Equal(1, LeastEpsilon(1 / 3.730632, 1e-5), 1e-3);

    [Fact]
    public void Few_Laplace_releases_cost_the_sum_of_their_epsilons_and_many_cost_less()
    {
        var (few, many) = (new RenyiAccountant(), new RenyiAccountant());
        few.AddLaplace(noise: 4, releases: 2);
        many.AddLaplace(noise: 200, releases: 10_000);

        Assert.InRange(few.Epsilon(1e-5), 0.9999, 1);
        Assert.InRange(many.Epsilon(1e-5), 0.5, 10);
    }

    [Fact]
    public void Releases_of_two_channels_cost_what_as_many_of_one_cost()
    {
        var (together, apart) = (new RenyiAccountant(), new RenyiAccountant());
        together.AddGaussian(30, 70);
        apart.AddGaussian(30, 40);
        apart.AddGaussian(30, 30);

        Assert.Equal(together.Epsilon(1e-5), apart.Epsilon(1e-5), 1e-12);
        Assert.Equal(0, new RenyiAccountant().Epsilon(1e-5));
    }

    /// <summary>delta(epsilon) = E[max(0, 1 - e^(epsilon - loss))], the loss being normal with mean mu^2 / 2 and deviation mu; solved for epsilon.</summary>
    private static double LeastEpsilon(double mu, double delta)
    {
        var (low, high) = (0.0, 1000.0);
        while (high - low > 1e-9)
        {
            var middle = (low + high) / 2;
            double Excess(double loss) => loss <= middle ? 0 : Density(loss, mu * mu / 2, mu) * (1 - Math.Exp(middle - loss));
            (low, high) = Integral(Excess, middle, Math.Max(middle, mu * mu / 2) + (40 * mu)) > delta ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static double Density(double x, double mean, double deviation) =>
        Math.Exp(-(x - mean) * (x - mean) / (2 * deviation * deviation)) / (deviation * Math.Sqrt(2 * Math.PI));

    private static double Integral(Func<double, double> of, double from, double to) => Integrals.Simpson(of, from, to);
}
