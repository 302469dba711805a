using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>Clients that leave before the end, and what <c>clients.when_lost</c> makes of it.</summary>
public sealed class LostClientTests
{
    [Theory]
    [InlineData(Strategies.Serial)]
    [InlineData(Strategies.Hierarchical, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData(Strategies.Joined)]
    [InlineData(Strategies.Apart, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task The_others_wait_for_a_lost_client_and_the_run_stops_when_it_stays_away(string strategy)
    {
        await using var run = new TinyRun(Waiting(strategy, rejoinTimeoutS: 0.3));
        var (left, other) = await ConnectAsync(run);

        var leaving = left.RunAsync();
        var waiting = other.RunAsync();

        await Assert.ThrowsAsync<NetworkException>(() => leaving);
        Assert.Equal(ClientOutcome.ServerLeft, (await waiting).Outcome);
        Assert.Equal(ServedRun.ClientMissing, await run.Served);
        Assert.Equal("anna", await run.Server.StayedAway);
        Assert.Contains(run.Seen.Events, seen => seen.StartsWith("the others wait for anna, for up to 0.3 s", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Strategies.Serial)]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    [InlineData(Strategies.Apart)]
    public async Task A_lost_client_can_be_let_go_and_the_others_finish(string strategy)
    {
        await using var run = new TinyRun(Waiting(strategy));
        var (left, other) = await ConnectAsync(run);
        var leaving = left.RunAsync();
        var waiting = other.RunAsync();
        await Assert.ThrowsAsync<NetworkException>(() => leaving);
        await TinyRun.UntilAsync(() => IsWaitedFor(run));

        Assert.False(await run.Server.LetGoAsync("nobody"));
        Assert.True(await run.Server.LetGoAsync("anna"));

        Assert.Equal((ClientOutcome.Finished, 4), (await waiting is var end ? (end.Outcome, end.Steps) : default));
        Assert.Equal(ServedRun.Complete, await run.Served);
    }

    [Fact]
    public async Task A_client_that_takes_part_can_be_let_go_too()
    {
        await using var run = new TinyRun(Waiting(Strategies.Joined));
        var anna = await run.ConnectAsync("anna", data: 1);
        var bert = await run.ConnectAsync("bert", data: 2);
        var (stalled, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        anna.Trainer.BeforeStep = async taken =>
        {
            if (taken == 1)
            {
                stalled.SetResult();
                await held.Task;
            }
        };
        var (first, second) = (anna.RunAsync(), bert.RunAsync());
        await stalled.Task;

        Assert.True(await run.Server.LetGoAsync("anna"));

        Assert.Equal(ClientOutcome.Finished, (await second).Outcome);
        held.SetResult();
        await Assert.ThrowsAnyAsync<FlGlmException>(() => first);
    }

    [Theory]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    [InlineData(Strategies.Apart)]
    [InlineData(Strategies.Serial)]
    public async Task A_dropped_client_may_return_in_its_seat_and_starts_from_the_next_average(string strategy)
    {
        var settings = Strategies.With(TinyRun.Settings(steps: 2, clients: 2, rounds: 3), strategy, period: 2);
        await using var run = new TinyRun(settings, sealedChannel: true);
        run.Know("anna", key: 1);
        run.Know("bert", key: 2);
        var anna = await run.ConnectAsync("anna", data: 1, key: 1);
        var bert = await run.ConnectAsync("bert", data: 2, key: 2);
        var returned = new TaskCompletionSource();
        anna.Trainer.BeforeStep = async taken =>
        {
            if (taken == 1)
                await anna.Channel.DisposeAsync();
        };
        bert.Trainer.BeforeStep = taken => taken == 3 ? returned.Task : Task.CompletedTask;
        var (first, second) = (anna.RunAsync(), bert.RunAsync());
        await Assert.ThrowsAsync<NetworkException>(() => first);
        await TinyRun.UntilAsync(() => bert.Seen.Events.Contains("turn 2"));

        var again = await run.ConnectAsync("anna", data: 3, key: 1);
        var third = again.RunAsync();
        await TinyRun.UntilAsync(() => again.Seen.Events.Contains("accepted"));
        await TinyRun.UntilAsync(() => run.Seen.Events.Count(seen => seen == "anna joined") == 2);
        returned.SetResult();

        Assert.Equal((ClientOutcome.Finished, 6), (await second is var end ? (end.Outcome, end.Steps) : default));
        Assert.Equal(ClientOutcome.Finished, (await third).Outcome);
        Assert.Equal(ServedRun.Complete, await run.Served);
    }

    [Fact]
    public async Task A_client_that_is_lost_before_it_has_its_results_can_be_let_go_and_the_server_ends()
    {
        await using var run = new TinyRun(Waiting(Strategies.Joined) with { ShareMiddle = true });
        var anna = await run.ConnectAsync("anna", data: 1);
        var bert = await run.ConnectAsync("bert", data: 2);
        Task<ClientRun> first = null!;
        run.Save = () => CutAsync(anna, first);
        first = anna.RunAsync();
        Assert.Equal(ClientOutcome.Finished, (await bert.RunAsync()).Outcome);
        await Assert.ThrowsAsync<NetworkException>(() => first);
        await TinyRun.UntilAsync(() => IsWaitedFor(run));

        Assert.True(await run.Server.LetGoAsync("anna"));

        Assert.Equal(ServedRun.Complete, await run.Served.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_that_a_client_left_before_the_start_still_waits_for_those_that_have_no_results_yet()
    {
        await using var run = new TinyRun(Waiting(Strategies.Joined) with { ShareMiddle = true });
        var guest = await run.ConnectAsync("guest");
        var visit = guest.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("guest joined"));
        await guest.Stop.CancelAsync();
        Assert.Equal(ClientOutcome.Interrupted, (await visit).Outcome);
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("guest lost"));
        var isCut = new TaskCompletionSource();
        using var comesBack = new ManualResetEventSlim();
        var anna = await run.ConnectAsync("anna", data: 1, again: AfterTheOther);
        var bert = await run.ConnectAsync("bert", data: 2);
        run.Save = () => CutAsync(anna, isCut.Task);
        var first = anna.RunAsync();

        Assert.Equal(ClientOutcome.Finished, (await bert.RunAsync()).Outcome);
        await TinyRun.UntilAsync(() => IsWaitedFor(run));
        comesBack.Set();

        Assert.Equal(ClientOutcome.Finished, (await first).Outcome);
        Assert.Equal(ServedRun.Complete, await run.Served);

        Relay? AfterTheOther()
        {
            isCut.TrySetResult();
            comesBack.Wait(TimeSpan.FromSeconds(30));
            return null;
        }
    }

    private static bool IsWaitedFor(TinyRun run) => run.Seen.Events.Any(seen => seen.StartsWith("the others wait for anna", StringComparison.Ordinal));

    /// <summary>Cuts a client's connection, and waits until that client has noticed.</summary>
    private static Task CutAsync(TinyClient client, Task noticed)
    {
        _ = Task.Run(client.Channel.DisposeAsync);
        return noticed.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static RunPlan Waiting(string strategy, double rejoinTimeoutS = 600)
    {
        var settings = Strategies.With(TinyRun.Settings(steps: 4, clients: 2), strategy, period: 2);
        return settings with { Clients = settings.Clients with { WhenLost = WhenLost.Wait, RejoinTimeoutS = rejoinTimeoutS } };
    }

    /// <summary>Two clients, of whom the first leaves after its first step.</summary>
    private static async Task<(TinyClient Left, TinyClient Other)> ConnectAsync(TinyRun run)
    {
        var left = await run.ConnectAsync("anna", data: 1);
        var other = await run.ConnectAsync("bert", data: 2);
        left.Trainer.BeforeStep = async taken =>
        {
            if (taken == 1)
                await left.Channel.DisposeAsync();
        };
        return (left, other);
    }
}
