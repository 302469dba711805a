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

    private static long[] Best(params long[] first) => [.. first, .. Enumerable.Repeat(-1L, TokenGuesses.Candidates - first.Length)];
}
