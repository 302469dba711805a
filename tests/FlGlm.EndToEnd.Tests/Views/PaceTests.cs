using FlGlm.Cli.Views;

namespace FlGlm.EndToEnd.Tests.Views;

public sealed class PaceTests
{
    [Fact]
    public void Speed_and_time_left_follow_from_the_steps()
    {
        var pace = new Pace();
        for (var step = 1; step <= 4; step++)
            pace.Add(step, steps: 10, tokens: 100, seconds: 2);
        Assert.Equal((50, TimeSpan.FromSeconds(12)), (pace.TokensPerSecond, pace.Left));
    }

    [Fact]
    public void One_slow_step_moves_the_pace_by_a_tenth()
    {
        var pace = new Pace();
        pace.Add(1, steps: 2, tokens: 100, seconds: 1);
        pace.Add(2, steps: 2, tokens: 100, seconds: 11);
        Assert.Equal(50, pace.TokensPerSecond, 1e-9);
    }
}
