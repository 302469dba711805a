using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class BootstrapTests
{
    private static readonly double[] Scores = [.. Enumerable.Range(0, 400).Select(i => i % 4 == 0 ? 0.0 : 1)];

    [Fact]
    public void The_interval_of_a_share_is_about_two_standard_errors_around_it()
    {
        var interval = Bootstrap.Interval(Scores, sample => sample.Average());

        var error = 1.96 * Math.Sqrt(0.75 * 0.25 / 400);
        Assert.Equal(0.75 - error, interval.Low, 0.01);
        Assert.Equal(0.75 + error, interval.High, 0.01);
        Assert.Equal(0.95, interval.Level);
    }

    [Fact]
    public void The_interval_depends_on_the_seed_alone()
    {
        static ConfidenceInterval Of(long seed) => Bootstrap.Interval(Scores[..10], sample => sample.Average(), resamples: 50, seed: seed);

        Assert.Equal(Of(7), Of(7));
        Assert.Equal(new ConfidenceInterval(0.5, 1, 0.95), Of(7));
        Assert.NotEqual(Of(7), Of(8));
    }

    [Fact]
    public void Bounds_between_two_samples_are_interpolated()
    {
        var next = 0.0;
        var interval = Bootstrap.Interval([0], _ => next++, resamples: 11, level: 0.5);

        Assert.Equal((2.5, 7.5), (interval.Low, interval.High));
    }

    [Fact]
    public void Questions_are_drawn_with_all_their_answers()
    {
        MultiRcQuestion[] questions = [new([(true, true), (false, true)]), new([(true, true), (true, true), (true, false)])];
        var lengths = new HashSet<int>();

        Bootstrap.Interval(questions, sample =>
        {
            lengths.Add(sample.Sum(question => question.Answers.Count));
            return MultiRcMetrics.F1a(sample);
        });

        Assert.Equal([4, 5, 6], lengths.Order());
    }

    [Fact]
    public void A_list_of_one_example_has_no_width() =>
        Assert.Equal(new ConfidenceInterval(0.5, 0.5, 0.9), Bootstrap.Interval([0.5], sample => sample.Average(), level: 0.9));

    [Fact]
    public void Nothing_cannot_be_drawn_from()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Interval<int>([], _ => 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Interval([1], _ => 0, resamples: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Interval([1], _ => 0, level: 1));
    }
}
