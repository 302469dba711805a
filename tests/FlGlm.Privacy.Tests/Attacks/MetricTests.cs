using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Metrics;

namespace FlGlm.Privacy.Tests.Attacks;

public sealed class MetricTests
{
    [Fact]
    public void The_area_under_the_curve_counts_ties_half()
    {
        Assert.Equal(1, RocArea.Of([(0.1, false), (0.2, true)]));
        Assert.Equal(0, RocArea.Of([(0.2, false), (0.1, true)]));
        Assert.Equal(0.5, RocArea.Of([(0, false), (0, true), (0, true)]));
        Assert.Equal(0.75, RocArea.Of([(1, false), (3, true), (1, true)]));
        Assert.Equal(5 / 6.0, RocArea.Of([(1, false), (3, true), (2, true), (2.5, false), (4, true)]), 12);
    }

    [Fact]
    public void Tokens_are_scored_by_hand_counted_values()
    {
        // Two rows, of 3 and 1 tokens: the first guesses are right at places 0 and 3, the second guess at place 1.
        long[] ids = [7, 8, 9, 4];
        var guesses = new TokenGuesses([3, 1], [.. Best(7), .. Best(1, 8), .. Best(2), .. Best(4)]);

        var scores = TokenScores.Of(guesses, ids, tokens => string.Join(' ', tokens));

        Assert.Equal((0.5, 0.75, 0.5), (scores.Top1, scores.Top5, scores.ExactRows));
        Assert.Equal((2, 4), (scores.Rows, scores.Tokens));
        Assert.Equal((1 + (1 / 3.0)) / 2, scores.Rouge1!.Value, 6); // "7 1 2" against "7 8 9", and "4" against "4"
        Assert.Equal((1.0 / 3, 1.0), (scores.Interval.Low, scores.Interval.High));
        Assert.Equal(0.25, TokenScores.Baseline(ids));
        Assert.Equal(0.5, TokenScores.Baseline([1, 1, 2, 3]));
    }

    [Fact]
    public void A_rank_correlation_is_that_of_the_order_and_a_partial_one_takes_the_third_list_out()
    {
        double[] x = [1, 2, 3, 4, 5];

        Assert.Equal(1, RankCorrelation.Of(x, [1, 10, 100, 1000, 10000]), 12);
        Assert.Equal(-1, RankCorrelation.Of(x, [5, 4, 3, 2, 1]), 12);
        Assert.Equal(0.8, RankCorrelation.Of(x, [2, 1, 4, 3, 5]), 12); // 1 - 6 * 4 / (5 * 24)
        Assert.Equal(3 / Math.Sqrt(10), RankCorrelation.Of([1, 2, 3, 4], [1, 1, 2, 3]), 12);
        Assert.True(double.IsNaN(RankCorrelation.Of(x, [1, 1, 1, 1, 1])));
        Assert.Equal((0.8 - (0.9 * 0.9)) / (1 - 0.81), RankCorrelation.Of(x, [2, 1, 4, 3, 5], [2, 1, 3, 4, 5]), 12);
        Assert.True(double.IsNaN(RankCorrelation.Of(x, [2, 1, 4, 3, 5], [4, 2, 8, 6, 10]))); // nothing is left of y
        Assert.InRange(RankCorrelation.OfShuffled([.. Enumerable.Range(0, 100).Select(i => (double)i)], [.. Enumerable.Range(0, 100).Select(i => i % 7.0)]), 0.15, 0.25);
    }

    private static long[] Best(params long[] first) => [.. first, .. Enumerable.Repeat(-1L, TokenGuesses.Candidates - first.Length)];
}
