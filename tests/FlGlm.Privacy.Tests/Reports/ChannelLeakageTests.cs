using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Reports;

namespace FlGlm.Privacy.Tests.Reports;

public sealed class ChannelLeakageTests
{
    private const double Threshold = 0.05;

    [Fact]
    public void A_channel_is_measured_below_only_if_the_interval_of_every_attack_is_and_one_has_controls_that_hold()
    {
        Assert.Equal(LeakageVerdict.MeasuredBelow, VerdictOf(Result(0.12), Result(0.11)));
        Assert.Equal(LeakageVerdict.MeasuredBelow, VerdictOf(Result(0.12), Result(0.11, positive: 0.2)));
        Assert.Equal(LeakageVerdict.AboveThreshold, VerdictOf(Result(0.12), Result(0.145))); // its interval ends above
        Assert.Equal(LeakageVerdict.AboveThreshold, VerdictOf(Result(0.12), Result(0.5, positive: 0.2)));
    }

    [Fact]
    public void Without_controls_that_hold_a_channel_says_nothing()
    {
        Assert.Equal(LeakageVerdict.ControlsFail, VerdictOf(Result(0.1, positive: 0.2)));
        Assert.Equal(LeakageVerdict.ControlsFail, VerdictOf(Result(0.1, negative: 0.2)));
        Assert.Equal(LeakageVerdict.ControlsFail, VerdictOf(Result(0.1), Result(0.9, negative: 0.8)));
    }

    [Fact]
    public void The_best_attack_of_each_channel_is_the_one_furthest_above_its_baseline()
    {
        var channels = ChannelLeakage.Of([Result(0.3), Result(0.6), Result(0.9, negative: 0.8), Result(0.2, "HiddenDown")], Threshold);

        Assert.Equal([("HiddenUp", 0.6), ("HiddenDown", 0.2)], channels.Select(channel => (channel.Channel, channel.Best.Scores.Top1)));
    }

    private static LeakageVerdict VerdictOf(params AttackResult[] results) => Assert.Single(ChannelLeakage.Of(results, Threshold)).Verdict;

    /// <summary>Of an attack with a baseline of 0.1 and an interval of a hundredth on both sides.</summary>
    private static AttackResult Result(double top1, string channel = "HiddenUp", double positive = 0.9, double negative = 0.1) =>
        new("attack", channel, Scores(top1), 0.1, Scores(positive), new SeedSpread(negative, 0));

    private static TokenScores Scores(double top1) => new(top1, new ConfidenceInterval(top1 - 0.01, top1 + 0.01, 0.95), top1, 0, null, null, null, null, 100, 10);
}
