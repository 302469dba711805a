using FlGlm.Cli.Chaos;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.LocalRuns;

namespace FlGlm.EndToEnd.Tests.Chaos;

public sealed class RecoveryTimesTests
{
    private readonly SetClock _clock = new();

    [Fact]
    public void A_server_recovers_with_a_step_of_any_client_and_a_client_with_its_own()
    {
        var recovery = new RecoveryTimes(StrategyName.ClientBatch, _clock);

        recovery.Begin("server");
        recovery.Begin("client2");
        _clock.Seconds = 2;
        recovery.Step("server", "client1");
        recovery.Step("client1", "client1");
        _clock.Seconds = 5;
        recovery.Step("client2", "client2");
        recovery.Step("client2", "client2");

        Assert.Equal([2, 5], recovery.Seconds);
    }

    [Theory]
    [InlineData(StrategyName.ClientBatch, 2.0)] // the other client is waited for, and is what takes longer
    [InlineData(StrategyName.Serial, 6.0)]
    public void Where_a_step_waits_for_another_process_that_was_killed_its_start_does_not_count(StrategyName strategy, double server)
    {
        var recovery = new RecoveryTimes(strategy, _clock);

        recovery.Begin("server");
        _clock.Seconds = 4;
        recovery.Begin("client2");
        _clock.Seconds = 6;
        recovery.Step("server", "client1");

        Assert.Equal([server], recovery.Seconds);
    }

    [Fact]
    public void In_turns_a_client_that_waits_for_its_turn_does_not_count()
    {
        var recovery = new RecoveryTimes(StrategyName.Serial, _clock);

        recovery.Begin("server");
        recovery.Begin("client2");
        _clock.Seconds = 1;
        recovery.Step("client1", "client1");
        recovery.Step("server", "client1");
        _clock.Seconds = 9;
        recovery.Step("client2", "client2");

        Assert.Equal([1], recovery.Seconds);
    }
}
