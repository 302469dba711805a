using FlGlm.Client.Defences;
using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Tests.Noise;

public sealed class NoiseSourceTests
{
    private const int Count = 200_000;
    private static readonly NoiseLabel Label = new(PassPurpose.Train, NoiseChannel.Hidden, Step: 3, Row: 1);
    private static readonly float[] Values = [.. Enumerable.Range(0, Count).Select(at => at * 0.001f)];

    /// <summary>Kolmogorov and Smirnov: the largest distance from the distribution is below 1.95 / sqrt(n) with a probability of 0.999. The secret is fixed.</summary>
    [Theory]
    [InlineData(NoiseDistribution.Gaussian)]
    [InlineData(NoiseDistribution.Laplace)]
    public void Noise_has_its_distribution(NoiseDistribution distribution)
    {
        var sorted = Noise(Label, distribution, scale: 2.5);
        Array.Sort(sorted);

        var distance = sorted.Select((sample, at) => Math.Max(Math.Abs(Cumulative(distribution, sample / 2.5) - ((at + 1.0) / Count)), Math.Abs(Cumulative(distribution, sample / 2.5) - ((double)at / Count)))).Max();

        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(Count));
    }

    /// <summary>Of 200 000 normal samples 12.7 on average are beyond 4 deviations, 0 to 35 with a probability of more than 1 - 1e-6.</summary>
    [Fact]
    public void The_tails_are_there()
    {
        Assert.InRange(Noise(Label).Count(sample => Math.Abs(sample) > 4), 1, 35);
        Assert.InRange(Noise(Label, NoiseDistribution.Laplace).Max(), 8, 25);
    }

    [Fact]
    public void The_same_release_has_the_same_noise() => Assert.Equal(Noise(Label), Noise(Label));

    /// <summary>The correlation of independent samples is below 5 / sqrt(n).</summary>
    [Fact]
    public void Any_other_release_has_independent_noise()
    {
        var first = Noise(Label);
        float[] other = [.. Values];
        other[^1] = float.BitIncrement(other[^1]);
        float[][] others =
        [
            Noise(Label with { Channel = NoiseChannel.UpwardGradient }),
            Noise(Label with { Channel = NoiseChannel.HomewardGradient }),
            Noise(Label with { Purpose = PassPurpose.Validate }),
            Noise(Label with { Step = 4 }),
            Noise(Label with { Row = 2 }),
            Noise(Label, values: other),
            Noise(Label, scale: 1.0000001),
            Noise(Label, secret: 8),
        ];

        Assert.All(others, noise => Assert.InRange(Math.Abs(Correlation(first, noise)), 0, 5 / Math.Sqrt(Count)));
    }

    [Fact]
    public void Neighbouring_samples_are_independent()
    {
        var noise = Noise(Label);

        foreach (var distance in new[] { 1, 2, 1024 })
        {
            Assert.InRange(Math.Abs(Correlation(noise[..^distance], noise[distance..])), 0, 5 / Math.Sqrt(Count));
            float[] squares = [.. noise.Select(sample => sample * sample)];
            Assert.InRange(Math.Abs(Correlation(squares[..^distance], squares[distance..])), 0, 5 / Math.Sqrt(Count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1023)]
    [InlineData(1025)]
    public void A_row_of_any_length_has_noise_everywhere(int length)
    {
        var noise = Noise(Label, values: Values[..length]);

        Assert.Equal(length, noise.Length);
        Assert.DoesNotContain(0f, noise);
    }

    private static float[] Noise(NoiseLabel label, NoiseDistribution distribution = NoiseDistribution.Gaussian, double scale = 1, float[]? values = null, byte secret = 7)
    {
        var noise = new float[(values ?? Values).Length];
        new NoiseSource(new NoiseSecret([.. Enumerable.Repeat(secret, NoiseSecret.Size)])).Fill(label, values ?? Values, distribution, scale, noise);
        return noise;
    }

    private static double Correlation(float[] first, float[] second)
    {
        var (one, other) = (first.Average(x => (double)x), second.Average(y => (double)y));
        double Sum(Func<double, double, double> of) => first.Zip(second, (x, y) => of(x - one, y - other)).Sum();
        return Sum((x, y) => x * y) / Math.Sqrt(Sum((x, _) => x * x) * Sum((_, y) => y * y));
    }

    private static double Cumulative(NoiseDistribution distribution, double x)
    {
        if (distribution == NoiseDistribution.Laplace)
            return x < 0 ? Math.Exp(x) / 2 : 1 - (Math.Exp(-x) / 2);
        return NormalCumulative(x);
    }

    /// <summary>Simpson's rule over the density, from 0.</summary>
    private static double NormalCumulative(double x)
    {
        const int intervals = 64;
        var width = x / intervals;
        var sum = Enumerable.Range(0, intervals + 1).Sum(at => Math.Exp(-(at * width) * (at * width) / 2) * (at is 0 or intervals ? 1 : at % 2 == 1 ? 4 : 2));
        return 0.5 + (width / 3 * sum / Math.Sqrt(2 * Math.PI));
    }
}
