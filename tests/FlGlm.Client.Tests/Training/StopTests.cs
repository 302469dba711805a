using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

public sealed class StopTests
{
    [Fact]
    public async Task A_client_asked_to_stop_finishes_the_step_and_says_goodbye()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync();
        client.Trainer.BeforeStep = async taken => await (taken == 2 ? client.Stop.CancelAsync() : Task.CompletedTask);

        var result = await client.RunAsync();

        Assert.Equal((ClientOutcome.Interrupted, 3), (result.Outcome, result.Steps));
        Assert.Contains("goodbye", await run.Seen.Lost, StringComparison.Ordinal);
        Assert.Equal(ServedRun.AllClientsLeft, await run.Served);
    }

    [Fact]
    public async Task A_client_asked_to_stop_while_waiting_leaves_the_queue()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 2));
        var held = new TaskCompletionSource();
        var first = await run.ConnectAsync("first");
        first.Trainer.BeforeStep = _ => held.Task;
        var end = first.RunAsync();
        var second = await run.ConnectAsync("second");
        var waiting = second.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("turn of first in round 1"));
        await second.Seen.InQueue;

        await second.Stop.CancelAsync();

        Assert.Equal((ClientOutcome.Interrupted, 0), ((await waiting).Outcome, (await waiting).Steps));
        held.SetResult();
        Assert.Equal(ClientOutcome.Finished, (await end).Outcome);
    }

    [Fact]
    public async Task A_server_asked_to_stop_finishes_the_current_step_and_says_goodbye_to_all()
    {
        await using var run = new TinyRun(TinyRun.Settings(clients: 2));
        var working = await run.ConnectAsync("first");
        working.Trainer.BeforeStep = async taken =>
        {
            if (taken == 3)
                await run.Stop.CancelAsync();
        };
        var work = working.RunAsync();
        var waiting = await run.ConnectAsync("second");
        var wait = waiting.RunAsync();

        Assert.Equal(ServedRun.Stopped, await run.Served);

        Assert.Equal((ClientOutcome.ServerLeft, run.Seen.Steps.Count), ((await work).Outcome, (await work).Steps));
        Assert.InRange(run.Seen.Steps.Count, 3, 4);
    }

    [Theory]
    [InlineData(WhenLost.Wait)]
    [InlineData(WhenLost.Drop, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_client_that_sends_to_a_server_which_has_left_says_so_and_not_that_sending_broke(WhenLost whenLost)
    {
        var settings = TinyRun.Settings(clients: 2);
        await using var run = new TinyRun(settings with { Training = settings.Training with { Strategy = StrategyName.ServerHierarchical }, Clients = settings.Clients with { WhenLost = whenLost } });
        var client = await run.ConnectAsync("first", again: () => null);
        var other = await run.ConnectAsync("second");
        var leaving = other.RunAsync();

        var result = await client.Session.RunAsync(10, TrainUntilItHasLeftAsync, CancellationToken.None, CancellationToken.None);

        Assert.Equal(ClientOutcome.ServerLeft, result.Outcome);
        await leaving;

        async Task<int> TrainUntilItHasLeftAsync(int round, int steps, CancellationToken stop, CancellationToken limit)
        {
            var taken = await client.Trainer.TrainAsync(round, steps, stop, limit);
            await run.Stop.CancelAsync();
            await run.Served;
            return taken;
        }
    }

    /// <summary>It takes the 10 s for which a server that stops waits for its clients.</summary>
    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_client_that_confirms_its_saved_results_to_a_server_which_has_left_has_finished()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync(again: () => null);
        client.Save = async _ =>
        {
            await run.Stop.CancelAsync();
            await run.Served;
        };

        Assert.Equal((ClientOutcome.Finished, 5), (await client.RunAsync() is var ended ? (ended.Outcome, ended.Steps) : default));
    }

    [Fact]
    public async Task A_client_asked_to_stop_together_with_its_server_was_interrupted_and_not_left()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync();
        client.Trainer.BeforeStep = async taken =>
        {
            if (taken < 2)
                return;
            await run.Stop.CancelAsync();
            await client.Stop.CancelAsync();
        };

        Assert.Equal(ClientOutcome.Interrupted, (await client.RunAsync()).Outcome);

        Assert.Equal(ServedRun.Stopped, await run.Served);
    }

    [Fact]
    public async Task A_server_asked_to_stop_while_nobody_is_there_stops()
    {
        await using var run = new TinyRun(TinyRun.Settings());

        await run.Stop.CancelAsync();

        Assert.Equal(ServedRun.Stopped, await run.Served);
    }
}
