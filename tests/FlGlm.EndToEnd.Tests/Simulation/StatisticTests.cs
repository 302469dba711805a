using FlGlm.Cli.Simulation;

namespace FlGlm.EndToEnd.Tests.Simulation;

public sealed class StatisticTests
{
    [Fact]
    public void The_deviation_is_that_of_a_sample() => Assert.Equal(new Statistic(3, 2, 3), Statistic.Of([1, null, 3, 5]));

    [Theory]
    [InlineData("3.0000 ± 2.0000 (3)", 1.0, 3.0, 5.0)]
    [InlineData("62.50 (1)", 62.5)]
    [InlineData("1234 ± 6 (2)", 1230.0, 1238.0)]
    [InlineData("0.001000 (1)", 0.001)]
    public void It_is_written_as_mean_deviation_and_number(string text, params double[] values) =>
        Assert.Equal(text, Statistic.Of(values.Select(value => (double?)value))?.ToString());

    [Fact]
    public void Of_nothing_there_is_none() => Assert.Null(Statistic.Of([null]));
}
