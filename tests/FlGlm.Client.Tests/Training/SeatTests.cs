using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;

namespace FlGlm.Client.Tests.Training;

/// <summary>Who takes part in a run, and in which order.</summary>
public sealed class SeatTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_reconnects_before_the_start_takes_nobodys_place(bool leavesPolitely)
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 2, clients: 2));
        var early = await run.ConnectAsync("anna");
        var first = early.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("anna joined"));
        if (leavesPolitely)
        {
            await early.Stop.CancelAsync();
            Assert.Equal(ClientOutcome.Interrupted, (await first).Outcome);
        }
        else
        {
            await early.Channel.DisposeAsync();
            await Assert.ThrowsAsync<NetworkException>(() => first);
        }

        TinyClient[] clients = [await run.ConnectAsync("anna"), await run.ConnectAsync("bert")];
        var results = await Task.WhenAll(clients.Select(client => client.RunAsync()));

        Assert.All(results, result => Assert.Equal((ClientOutcome.Finished, 2), (result.Outcome, result.Steps)));
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Contains("started with anna, bert", run.Seen.Events);
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_start_makes_room_for_another_one()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 2));
        var leaving = await run.ConnectAsync("anna");
        var left = leaving.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("anna joined"));
        await leaving.Stop.CancelAsync();
        await left;
        await run.Seen.Lost;

        TinyClient[] clients = [await run.ConnectAsync("carl"), await run.ConnectAsync("bert")];
        var results = await Task.WhenAll(clients.Select(client => client.RunAsync()));

        Assert.All(results, result => Assert.Equal(ClientOutcome.Finished, result.Outcome));
        Assert.Contains("started with bert, carl", run.Seen.Events);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_order_of_arrival_changes_no_bit(bool sealedChannel, bool named)
    {
        var settings = TinyRun.Settings(steps: 2, clients: 3, rounds: 2);
        settings = settings with { Clients = settings.Clients with { Names = named ? ["ccc", "a", "bb"] : [] } };

        var (seats, expected) = await TrainAsync(settings, sealedChannel, "a", "bb", "ccc");

        Assert.NotEqual(expected["losses of a"], expected["losses of bb"]);
        if (named)
            Assert.Equal("started with ccc, a, bb", seats);
        string[][] orders = [["ccc", "bb", "a"], ["bb", "ccc", "a"]];
        foreach (var order in sealedChannel ? orders[..1] : orders)
        {
            var (again, actual) = await TrainAsync(settings, sealedChannel, order);
            Assert.Equal(seats, again);
            Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
            Assert.All(expected, entry => Assert.Equal(entry.Value, actual[entry.Key]));
        }
    }

    [Fact]
    public async Task A_client_that_the_plan_does_not_name_is_refused_by_the_key_and_takes_no_place()
    {
        var settings = TinyRun.Settings(steps: 1, clients: 2);
        await using var run = new TinyRun(settings with { Clients = settings.Clients with { Names = ["anna", "bert"] } });
        var first = await run.ConnectAsync("anna");
        var running = first.RunAsync();
        await TinyRun.UntilAsync(() => first.Seen.Events.Contains("waiting for bert (1 joined)"));
        var stranger = await run.ConnectAsync("eve");

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => stranger.RunAsync());

        Assert.Equal((FaultCode.PlanMismatch, true), (refusal.Code, refusal.FromPeer));
        Assert.Contains("'eve' is not one of this run's clients: anna, bert (clients.names)", refusal.Message, StringComparison.Ordinal);
        var second = await run.ConnectAsync("bert");
        Assert.Equal(1, (await second.RunAsync()).Steps);
        Assert.Equal(1, (await running).Steps);
    }

    [Fact]
    public async Task Of_two_identities_with_one_name_of_the_plan_the_second_is_refused()
    {
        var settings = TinyRun.Settings(steps: 1, clients: 2);
        await using var run = new TinyRun(settings with { Clients = settings.Clients with { Names = ["anna", "bert"] } }, sealedChannel: true);
        run.Know("anna", key: 1);
        run.Know("anna", key: 2);
        var first = await run.ConnectAsync("anna", key: 1);
        var running = first.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("anna joined"));
        var other = await run.ConnectAsync("anna", key: 2);

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => other.RunAsync());

        Assert.Equal((FaultCode.PlanMismatch, true), (refusal.Code, refusal.FromPeer));
        Assert.Contains("Another identity key of the name 'anna' has joined", refusal.Message, StringComparison.Ordinal);
        var second = await run.ConnectAsync("bert", key: 3);
        Assert.Equal(1, (await second.RunAsync()).Steps);
        Assert.Equal(1, (await running).Steps);
    }

    [Fact]
    public async Task After_the_join_timeout_a_minimum_starts_and_a_late_client_enters_with_the_last_average()
    {
        var settings = TinyRun.Settings(steps: 2, clients: 3, rounds: 2);
        await using var run = new TinyRun(settings with { Clients = settings.Clients with { Minimum = 2, JoinTimeoutS = 0.05 } });
        var (secondRound, lateJoined) = (new TaskCompletionSource(), new TaskCompletionSource());
        Dictionary<string, float[]> average = [], start = [];
        TinyClient[] clients = [await run.ConnectAsync("anna", data: 1), await run.ConnectAsync("carl", data: 3)];
        clients[0].Trainer.BeforeStep = async taken =>
        {
            if (taken != 2)
                return;
            average = clients[0].Values;
            secondRound.SetResult();
            await lateJoined.Task;
        };
        var running = clients.Select(client => client.RunAsync()).ToList();
        await secondRound.Task;
        var late = await run.ConnectAsync("bert", data: 2);
        late.Trainer.BeforeStep = taken =>
        {
            start = taken == 0 ? late.Values : start;
            return Task.CompletedTask;
        };
        var lateRun = late.RunAsync();
        await TinyRun.UntilAsync(() => late.Seen.Events.Contains("2 of 2"));
        lateJoined.SetResult();

        Assert.All(await Task.WhenAll(running), result => Assert.Equal((ClientOutcome.Finished, 4), (result.Outcome, result.Steps)));
        Assert.Equal((ClientOutcome.Finished, 2), (await lateRun is var result ? (result.Outcome, result.Steps) : default));
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Contains("started with anna, carl", run.Seen.Events);
        Assert.Contains("turn 2", late.Seen.Events);
        Assert.DoesNotContain("turn 1", late.Seen.Events);
        Assert.All(average, value => Assert.Equal(value.Value, start[value.Key]));
        Assert.Equal([(1, 2), (2, 2)], run.Seen.Steps.Where(step => step.Client == "bert").Select(step => (step.Step, step.Round)));
        string[] turns = [.. run.Seen.Events.Where(seen => seen.EndsWith("in round 2", StringComparison.Ordinal))];
        Assert.Equal(["turn of anna in round 2", "turn of carl in round 2", "turn of bert in round 2"], turns);
        Assert.Contains("round 1 averaged over 2", run.Seen.Events);
        Assert.Contains("round 2 averaged over 3", run.Seen.Events);
        Assert.All(late.Values, value => Assert.Equal(clients[0].Values[value.Key], value.Value));
    }

    [Fact]
    public async Task Without_a_minimum_nobody_starts_before_all_have_joined()
    {
        var settings = TinyRun.Settings(steps: 1, clients: 2);
        settings = settings with { Clients = settings.Clients with { JoinTimeoutS = 0.05 } };
        await using var run = new TinyRun(settings);
        var first = await run.ConnectAsync("anna");
        var running = first.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("anna joined"));
        await using (var other = new TinyRun(settings with { Clients = settings.Clients with { Minimum = 1 } }))
            Assert.Equal(1, (await (await other.ConnectAsync("zoe")).RunAsync()).Steps); // its time-out began later and has passed

        Assert.DoesNotContain("started with anna", run.Seen.Events);
        var second = await run.ConnectAsync("bert");
        Assert.Equal(1, (await second.RunAsync()).Steps);
        Assert.Equal(1, (await running).Steps);
        Assert.Contains("started with anna, bert", run.Seen.Events);
    }

    /// <returns>who started in which order, and every final value and loss</returns>
    private static async Task<(string Seats, Dictionary<string, float[]> Results)> TrainAsync(RunPlan settings, bool sealedChannel, params string[] order)
    {
        await using var run = new TinyRun(settings, sealedChannel);
        List<(string Name, TinyClient Client, Task<ClientRun> Run)> all = [];
        foreach (var name in order)
        {
            var client = await run.ConnectAsync(name, data: name.Length, key: name.Length);
            all.Add((name, client, client.RunAsync(samples: 10 * name.Length)));
            await TinyRun.UntilAsync(() => run.Seen.Events.Contains($"{name} joined"));
        }

        await Task.WhenAll(all.Select(one => one.Run));
        await run.Served;
        var results = TinyTrainer.Values(run.Middle.Parameters);
        foreach (var (name, client, _) in all)
        {
            results.Add($"losses of {name}", [.. client.Trainer.Losses]);
            foreach (var (parameter, values) in client.Values)
                results.Add($"{parameter} of {name}", values);
        }

        return (run.Seen.Events.Single(seen => seen.StartsWith("started", StringComparison.Ordinal)), results);
    }
}
