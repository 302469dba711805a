using FlGlm.Client.Data;

namespace FlGlm.Client.Tests.Data;

public sealed class DirichletSharesTests
{
    [Theory]
    [InlineData(0.1, 4)]
    [InlineData(0.5, 2)]
    [InlineData(1, 3)]
    [InlineData(20, 5)]
    public void Shares_have_the_mean_and_the_variance_of_the_distribution(double alpha, int parts)
    {
        const int Draws = 20_000;
        var random = new SplitMix64(1);
        var shares = Enumerable.Range(0, Draws).Select(_ => DirichletShares.Draw(random, alpha, parts)).ToList();

        Assert.All(shares, each => Assert.Equal(1, each.Sum(), 1e-12));
        var (mean, variance) = (1.0 / parts, (parts - 1.0) / (parts * parts * ((parts * alpha) + 1)));
        for (var part = 0; part < parts; part++)
        {
            Assert.Equal(mean, shares.Average(each => each[part]), 5 * Math.Sqrt(variance / Draws));
            Assert.Equal(variance, shares.Average(each => Math.Pow(each[part] - mean, 2)), 0.05 * variance);
        }
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e6)]
    public void The_smallest_alpha_gives_all_to_one_part_and_the_largest_gives_equal_shares(double alpha)
    {
        var shares = DirichletShares.Draw(new SplitMix64(3), alpha, 4);

        Assert.Equal(alpha < 1 ? [0, 0, 0, 1] : [0.25, 0.25, 0.25, 0.25], shares.Order().Select(share => Math.Round(share, 2)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_every_machine() =>
        Assert.Equal([0.8486078211451367, 0.1013825825095767, 0.050009596345286664], DirichletShares.Draw(new SplitMix64(42), 0.5, 3));

    [Fact]
    public void Sizes_follow_the_shares_and_leave_no_row_out()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var shares = DirichletShares.Draw(new SplitMix64(seed), 0.5, 4);
            var sizes = DirichletShares.Sizes(new SplitMix64(seed), 0.5, 4, 1001);

            Assert.Equal(1001, sizes.Sum());
            Assert.All(shares.Zip(sizes), pair => Assert.Equal(pair.First * 1001, pair.Second, 1.0));
        }
    }
}
