using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Tests.Accounting;

public sealed class SampledStepsTests
{
    private const double Delta = 1e-5;

    [Fact]
    public void The_channels_of_a_sample_compose_before_the_sampling_counts()
    {
        var expected = new RenyiAccountant();
        expected.AddSubsampled(new SubsampledDivergence(0.02, order => Gaussian(order, 5) + Gaussian(order, 8)), 100);

        Assert.Equal(expected.Epsilon(Delta), Epsilon(Hidden(5, 1, 100), Gradient(8, 1, 100)), 1e-12);
        Assert.True(Epsilon(Hidden(5, 1, 100)) + Epsilon(Gradient(8, 1, 100)) > 0);
    }

    /// <summary>Its rows are the same, so that both releases are of one sample.</summary>
    [Fact]
    public void A_step_that_is_taken_again_releases_its_sample_again()
    {
        var expected = new RenyiAccountant();
        expected.AddSubsampled(new SubsampledDivergence(0.02, order => Gaussian(order, 5)), 50 + 20);
        expected.AddSubsampled(new SubsampledDivergence(0.02, order => 2 * Gaussian(order, 5)), 30);

        Assert.Equal(expected.Epsilon(Delta), Epsilon(Hidden(5, 1, 80), Hidden(5, 51, 100)), 1e-12);
        Assert.True(Epsilon(Hidden(5, 1, 80), Hidden(5, 51, 100)) > Epsilon(Hidden(5, 1, 100)));
    }

    [Fact]
    public void Steps_between_two_ranges_cost_nothing() =>
        Assert.Equal(Epsilon(Hidden(5, 1, 30)), Epsilon(Hidden(5, 1, 10), Hidden(5, 101, 120)), 1e-12);

    private static double Gaussian(double order, double noise) => RenyiDivergence.Gaussian(order, noise / 2);

    private static ReleaseCount Hidden(double noise, long first, long last) => new(NoiseChannel.Hidden, NoiseDistribution.Gaussian, noise, 1) { Steps = new StepRange(0.02, first, last) };

    private static ReleaseCount Gradient(double noise, long first, long last) => Hidden(noise, first, last) with { Channel = NoiseChannel.UpwardGradient };

    private static double Epsilon(params ReleaseCount[] releases)
    {
        var accountant = new RenyiAccountant();
        new SampledSteps().AddTo(accountant, releases);
        return accountant.Epsilon(Delta);
    }
}
