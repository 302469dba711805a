using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;

namespace FlGlm.Client.Tests.Training;

public sealed class SerialStrategyTests
{
    private static readonly long[] Samples = [10, 30, 60];

    [Theory]
    [InlineData(SerialHandover.Initial)]
    [InlineData(SerialHandover.Previous)]
    [InlineData(SerialHandover.Initial, "modules")]
    [InlineData(SerialHandover.Previous, "modules")]
    [InlineData(SerialHandover.Initial, "layers")]
    public async Task Three_clients_end_every_round_with_their_sample_weighted_average(SerialHandover handover, string kind = "")
    {
        var settings = TinyRun.Settings(steps: 2, clients: 3, rounds: 2) with { Serial = new SerialSettings { Handover = handover } };
        await using var run = new TinyRun(kind.Length > 0 ? TinyRun.WithLora(settings, kind) : settings);
        var log = new List<(int Client, Dictionary<string, float[]> Start, Dictionary<string, float[]> End)>();
        var clients = new TinyClient[3];
        var running = new Task<ClientRun>[3];
        for (var i = 0; i < 3; i++)
        {
            clients[i] = await run.ConnectAsync($"client{i + 1}", data: i);
            running[i] = Watch(clients[i], i, log);
            await TinyRun.UntilAsync(() => run.Seen.Events.Contains($"client{i + 1} joined"));
        }

        var results = await Task.WhenAll(running);

        Assert.All(results, result => Assert.Equal((ClientOutcome.Finished, 4), (result.Outcome, result.Steps)));
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Equal([0, 1, 2, 0, 1, 2], log.Select(turn => turn.Client));
        for (var round = 0; round < 2; round++)
        {
            var turns = log.Skip(3 * round).Take(3).ToList();
            Same(turns[0].Start, round == 0 ? log[0].Start : Average(log.Take(3)), 1e-6f);
            Same(turns[1].Start, handover == SerialHandover.Initial ? turns[0].Start : turns[0].End, 0);
            Same(turns[2].Start, handover == SerialHandover.Initial ? turns[0].Start : turns[1].End, 0);
        }

        Assert.All(clients, client => Same(client.Values, Average(log.Skip(3)), 1e-6f));
        Same(clients[1].Values, clients[0].Values, 0);
        Same(clients[2].Values, clients[0].Values, 0);
        Assert.Contains("round 2 averaged over 3", run.Seen.Events);
    }

    [Fact]
    public async Task A_waiting_client_gets_its_place_whenever_it_changes()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 3));
        var held = new TaskCompletionSource();
        TinyClient[] clients = [await run.ConnectAsync("first"), await run.ConnectAsync("second"), await run.ConnectAsync("third")];
        clients[0].Trainer.BeforeStep = _ => held.Task;
        var ends = clients.Select(client => client.RunAsync()).ToList();
        await TinyRun.UntilAsync(() => clients[2].Seen.Events.Contains("2 of 2"));
        held.SetResult();
        await Task.WhenAll(ends);

        Assert.Equal(["1 of 2", "turn 1", "end 1", "average 1"], clients[1].Seen.Events.SkipWhile(seen => seen != "1 of 2").Take(4));
        Assert.Equal(["2 of 2", "1 of 1", "turn 1", "end 1", "average 1"], clients[2].Seen.Events.SkipWhile(seen => seen != "2 of 2").Take(5));
    }

    [Fact]
    public async Task In_epochs_every_client_takes_its_own_steps_and_the_first_waits_until_all_have_joined()
    {
        var settings = TinyRun.Settings(clients: 2);
        await using var run = new TinyRun(settings with
        {
            Training = settings.Training with { Epochs = 1.5 },
            Optimizer = settings.Optimizer with { Schedule = LearningRateSchedule.Linear },
        });
        var first = await run.ConnectAsync("first");
        var ended = first.RunAsync(samples: 7);
        await TinyRun.UntilAsync(() => first.Seen.Events.Contains("waiting for 1 more client (1 joined)"));
        Assert.DoesNotContain("turn 1", first.Seen.Events);

        var second = await run.ConnectAsync("second");
        var results = await Task.WhenAll(ended, second.RunAsync(samples: 3));

        Assert.Equal([5, 2], results.Select(result => result.Steps));
        Assert.Equal((7L, 7L), run.MiddleSteps);
    }

    [Theory]
    [InlineData(long.MaxValue, "would take more steps than a run can have")]
    [InlineData(100_000_000, "has more than this server takes: 100000000 (clients.max_samples)")]
    public async Task A_client_that_says_it_has_too_many_rows_is_refused_and_takes_no_place(long most, string why)
    {
        var settings = TinyRun.Settings(clients: 1);
        await using var run = new TinyRun(settings with
        {
            Training = settings.Training with { Epochs = 1 },
            Clients = settings.Clients with { MaxSamples = most },
        });
        var boasting = await run.ConnectAsync("boasting");

        var error = await Assert.ThrowsAsync<ProtocolException>(() => boasting.RunAsync(samples: 1L << 62));
        var honest = await run.ConnectAsync("honest");
        var result = await honest.RunAsync(samples: 3);

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Equal((ClientOutcome.Finished, 1), (result.Outcome, result.Steps));
    }

    [Fact]
    public async Task A_client_that_dies_between_the_passes_of_its_turn_leaves_the_rest_to_finish()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 3, clients: 3));
        var dying = await run.ConnectAsync("dying");
        dying.Trainer.BeforeStep = async taken =>
        {
            if (taken == 1)
                await dying.Channel.DisposeAsync();
        };
        var death = dying.RunAsync();
        var others = new[] { await run.ConnectAsync("second"), await run.ConnectAsync("third") };
        var results = await Task.WhenAll(others.Select(other => other.RunAsync()));

        await Assert.ThrowsAsync<NetworkException>(() => death);
        Assert.All(results, result => Assert.Equal(ClientOutcome.Finished, result.Outcome));
        Assert.Contains("dying lost", run.Seen.Events);
        Assert.Contains("round 1 averaged over 2", run.Seen.Events);
        Same(others[0].Values, others[1].Values, 0);
    }

    [Fact]
    public async Task A_client_that_dies_while_waiting_is_skipped()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 2));
        var held = new TaskCompletionSource();
        var first = await run.ConnectAsync("first");
        first.Trainer.BeforeStep = _ => held.Task;
        var end = first.RunAsync();
        var second = await run.ConnectAsync("second");
        _ = second.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("turn of first in round 1"));
        await second.Seen.InQueue;
        await second.Channel.DisposeAsync();
        await run.Seen.Lost;
        held.SetResult();

        Assert.Equal(ClientOutcome.Finished, (await end).Outcome);
        Assert.Contains("round 1 averaged over 1", run.Seen.Events);
        Assert.Equal(ServedRun.Complete, await run.Served);
    }

    [Fact]
    public async Task A_run_that_every_client_has_left_is_over()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync();
        client.Trainer.BeforeStep = async taken => await (taken == 2 ? client.Channel.DisposeAsync() : ValueTask.CompletedTask);

        await Assert.ThrowsAsync<NetworkException>(() => client.RunAsync());

        Assert.Equal(ServedRun.AllClientsLeft, await run.Served);
        Assert.Equal(2, run.Seen.Steps.Count);
    }

    private static async Task<ClientRun> Watch(TinyClient client, int number, List<(int, Dictionary<string, float[]>, Dictionary<string, float[]>)> log) =>
        await client.Session.RunAsync(
            Samples[number],
            async (round, steps, stop, ct) =>
            {
                var start = client.Values;
                var taken = await client.Trainer.TrainAsync(round, steps, stop, ct);
                log.Add((number, start, client.Values));
                return taken;
            },
            default,
            default);

    /// <summary>The expected average, computed by hand from the ends of three turns with weights 0.1, 0.3 and 0.6.</summary>
    private static Dictionary<string, float[]> Average(IEnumerable<(int Client, Dictionary<string, float[]> Start, Dictionary<string, float[]> End)> turns)
    {
        var ends = turns.OrderBy(turn => turn.Client).Select(turn => turn.End).ToList();
        return ends[0].Keys.ToDictionary(
            name => name,
            name => ends[0][name].Select((_, i) => (0.1f * ends[0][name][i]) + (0.3f * ends[1][name][i]) + (0.6f * ends[2][name][i])).ToArray());
    }

    private static void Same(Dictionary<string, float[]> actual, Dictionary<string, float[]> expected, float tolerance)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, values) in expected)
            Assert.All(values.Zip(actual[name]), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
    }
}
