using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>The curves of transformers' <c>optimization.py</c>; the numbers are its formulas' for 10 steps of which 2 are the warm-up.</summary>
public sealed class LearningRateCurveTests
{
    [Theory]
    [InlineData(LearningRateSchedule.Constant, 1, 1, 1)]
    [InlineData(LearningRateSchedule.Linear, 1, 0.625, 0.125)]
    [InlineData(LearningRateSchedule.Cosine, 1, 0.6913417161825449, 0.03806023374435663)]
    [InlineData(LearningRateSchedule.CosineWithRestarts, 1, 0.6913417161825449, 0.03806023374435663)]
    [InlineData(LearningRateSchedule.Polynomial, 1, 0.62500375, 0.12500875)]
    public void Curves_are_those_of_Hugging_Face(LearningRateSchedule schedule, double third, double sixth, double tenth) =>
        AssertFactors(new OptimizerSettings { LearningRate = 1e-2, Schedule = schedule, WarmupSteps = 2 }, third, sixth, tenth);

    [Theory]
    [InlineData(LearningRateSchedule.Cosine, 1.5, 0.03806023374435657, 0.30865828381745514)]
    [InlineData(LearningRateSchedule.CosineWithRestarts, 3, 0.9619397662556434, 0.30865828381745514)]
    public void Cycles_are_Hugging_Face_s_num_cycles(LearningRateSchedule schedule, double cycles, double sixth, double tenth) =>
        AssertFactors(new OptimizerSettings { LearningRate = 1e-2, Schedule = schedule, WarmupRatio = 0.15, ScheduleCycles = cycles }, 1, sixth, tenth);

    [Fact]
    public void A_polynomial_has_a_power_and_an_end() => AssertFactors(
        new OptimizerSettings
        {
            LearningRate = 1e-2, Schedule = LearningRateSchedule.Polynomial, WarmupSteps = 2, SchedulePower = 2, ScheduleEndRate = 1e-3,
        },
        1,
        0.4515625,
        0.1140625);

    [Theory]
    [InlineData(LearningRateSchedule.Linear)]
    [InlineData(LearningRateSchedule.Cosine)]
    [InlineData(LearningRateSchedule.CosineWithRestarts)]
    [InlineData(LearningRateSchedule.Polynomial)]
    public void After_the_last_step_the_rate_is_the_end_s(LearningRateSchedule schedule)
    {
        var settings = new OptimizerSettings { LearningRate = 1e-2, Schedule = schedule };

        Assert.InRange(LearningRateCurve.Factor(settings, 10, 10), 0, 1e-5);
        Assert.InRange(LearningRateCurve.Factor(settings, 12, 10), 0, 1);
    }

    [Fact]
    public void A_warm_up_rises_from_0_over_its_steps_or_its_share()
    {
        var steps = new OptimizerSettings { LearningRate = 1e-2, WarmupSteps = 3 };
        var share = new OptimizerSettings { LearningRate = 1e-2, WarmupRatio = 0.25 };

        Assert.Equal([0.25, 0.5, 0.75, 1], Enumerable.Range(0, 4).Select(step => LearningRateCurve.Factor(steps, step, 10)));
        Assert.Equal([0.25, 0.5, 0.75, 1], Enumerable.Range(0, 4).Select(step => LearningRateCurve.Factor(share, step, 10)));
    }

    [Theory]
    [InlineData("warmup_ratio", 0.1, 5, null, 1, 0)]
    [InlineData("warmup_ratio", 1, 0, null, 1, 0)]
    [InlineData("schedule_cycles", 0, 0, 0d, 1, 0)]
    [InlineData("schedule_power", 0, 0, null, 0, 0)]
    [InlineData("schedule_end_rate", 0, 0, null, 1, 0.1)]
    public void What_makes_no_curve_is_named(string key, double ratio, int steps, double? cycles, double power, double end)
    {
        var settings = new OptimizerSettings
        {
            LearningRate = 1e-2, Schedule = LearningRateSchedule.Polynomial, WarmupRatio = ratio, WarmupSteps = steps, ScheduleCycles = cycles,
            SchedulePower = power, ScheduleEndRate = end,
        };

        Assert.Equal(key, Assert.Single(settings.Validate()).Key);
    }

    private static void AssertFactors(OptimizerSettings settings, double third, double sixth, double tenth)
    {
        Assert.Equal(third, LearningRateCurve.Factor(settings, 2, 10), 1e-12);
        Assert.Equal(sixth, LearningRateCurve.Factor(settings, 5, 10), 1e-12);
        Assert.Equal(tenth, LearningRateCurve.Factor(settings, 9, 10), 1e-12);
    }
}
