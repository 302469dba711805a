using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

public sealed class StrategyTests
{
    [Theory]
    [InlineData(Strategies.Hierarchical, PeftMethod.Lora)]
    [InlineData(Strategies.Hierarchical, PeftMethod.PTuningV2)]
    [InlineData(Strategies.Hierarchical, PeftMethod.None)]
    [InlineData(Strategies.Joined, PeftMethod.Lora)]
    [InlineData(Strategies.Joined, PeftMethod.PTuningV2)]
    [InlineData(Strategies.Joined, PeftMethod.None)]
    [InlineData(Strategies.Apart, PeftMethod.Lora)]
    [InlineData(Strategies.Apart, PeftMethod.PTuningV2)]
    [InlineData(Strategies.Apart, PeftMethod.None)]
    public async Task One_client_trains_as_centralised_bit_for_bit_with_dropout_too(string strategy, PeftMethod method)
    {
        await using var run = new TinyRun(Strategies.With(TinyRun.Settings(method, dropout: method == PeftMethod.None ? 0 : 0.1, steps: 5), strategy, period: 2));
        var client = await run.ConnectAsync();

        var result = await client.RunAsync();

        using var middle = result.Middle;
        var (losses, values) = await run.TrainLocallyAsync();
        Assert.Equal((ClientOutcome.Finished, 5), (result.Outcome, result.Steps));
        Assert.Equal(losses, client.Trainer.Losses);
        foreach (var (name, value) in client.Values.Concat(TinyTrainer.Values(run.Middle.Parameters)))
            Assert.Equal(values[name], value);
        Assert.Equal(["turn 1", "turn 2", "turn 3"], client.Seen.Events.Where(seen => seen.StartsWith("turn", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Strategies.Hierarchical, AverageWeights.Uniform, 2)]
    [InlineData(Strategies.Hierarchical, AverageWeights.Targets, 4)]
    [InlineData(Strategies.Joined, AverageWeights.Uniform, 4)]
    [InlineData(Strategies.Joined, AverageWeights.Targets, 2)]
    [InlineData(Strategies.Joined, AverageWeights.Targets, 4)]
    [InlineData(Strategies.Apart, AverageWeights.Uniform, 2)]
    [InlineData(Strategies.Apart, AverageWeights.Targets, 4)]
    public async Task With_sgd_and_an_average_after_every_step_the_clients_train_as_one_batch_of_all_their_rows(
        string strategy, AverageWeights weights, int count)
    {
        Assert.SkipUnless(count == 2 || TestScope.IsAll, TestScope.OnlyInAll);
        const int steps = 50;
        var settings = Strategies.With(TinyRun.Settings(steps: steps, clients: count), strategy, period: 1, weights) with { Optimizer = Sgd };
        await using var run = new TinyRun(settings);
        var clients = await ConnectAllAsync(run, count);
        foreach (var (index, client) in clients.Index())
            client.Trainer.Rows = random => Uneven(random, index);

        await Task.WhenAll(clients.Select((client, index) => client.RunAsync(samples: 10 * (index + 1))));

        using var stages = new ThreeStages(run.Checkpoint, run.Blueprint);
        using var whole = new WholeModel(stages, Sgd, steps);
        Random[] data = [.. Enumerable.Range(0, count).Select(client => new Random(client))];
        for (var step = 0; step < steps; step++)
        {
            TrainingBatch[] batches = [.. data.Select(Uneven)];
            var all = batches.Sum(batch => (double)batch.LabelCount);
            float[] losses = [.. batches.Select(batch => WholeModel.ForwardBackward(stages, batch, weights == AverageWeights.Uniform ? 1.0 / count : batch.LabelCount / all))];
            Assert.All(losses.Zip(clients), pair => Assert.Equal(pair.First, pair.Second.Trainer.Losses[step], 1e-6f * Math.Max(1, pair.First)));
            whole.StepWithGradients();
        }

        foreach (var client in clients)
            Close(TinyTrainer.Values(stages.Client.Parameters), client.Values, 1e-6f);
        Close(TinyTrainer.Values(stages.Middle.Parameters), TinyTrainer.Values(run.Middle.Parameters), 1e-6f);
    }

    [Theory]
    [InlineData(Strategies.Joined)]
    [InlineData(Strategies.Apart)]
    public async Task With_adam_the_middle_gets_the_gradient_of_all_rows_in_the_first_step(string strategy)
    {
        var settings = Strategies.With(TinyRun.Settings(steps: 1, clients: 2), strategy, weights: AverageWeights.Targets);
        await using var run = new TinyRun(settings with { Optimizer = settings.Optimizer with { ClipNorm = 0 } });
        var clients = await ConnectAllAsync(run, 2);
        foreach (var (index, client) in clients.Index())
            client.Trainer.Rows = random => Uneven(random, index);

        await Task.WhenAll(clients.Select(client => client.RunAsync()));

        using var stages = new ThreeStages(run.Checkpoint, run.Blueprint);
        TrainingBatch[] batches = [.. Enumerable.Range(0, 2).Select(client => Uneven(new Random(client), client))];
        foreach (var batch in batches)
            WholeModel.ForwardBackward(stages, batch, batch.LabelCount / batches.Sum(each => (double)each.LabelCount));
        foreach (var moment in run.Moments())
            Close(new() { ["gradient"] = Array.ConvertAll(TinyTrainer.Gradient(stages.Middle.Parameters, moment.Key), value => 0.1f * value) }, new() { ["gradient"] = moment.Value }, 1e-7f);
    }

    [Fact]
    public async Task Averages_are_weighted_by_rows_and_every_part_has_them()
    {
        var settings = Strategies.With(TinyRun.Settings(steps: 3, clients: 2), Strategies.Hierarchical, period: 3);
        await using var run = new TinyRun(settings);
        var clients = await ConnectAllAsync(run, 2);

        var results = await Task.WhenAll(clients[0].RunAsync(samples: 10), clients[1].RunAsync(samples: 30));

        var (_, first) = await run.TrainLocallyAsync(data: 0);
        var (_, second) = await run.TrainLocallyAsync(data: 1);
        var expected = first.ToDictionary(value => value.Key, value => value.Value.Zip(second[value.Key], (one, other) => (float)((0.25 * one) + (0.75 * other))).ToArray());
        Close(expected, clients[0].Values, 1e-6f);
        Close(expected, TinyTrainer.Values(run.Middle.Parameters), 1e-6f);
        foreach (var (name, value) in clients[0].Values)
            Assert.Equal(value, clients[1].Values[name]);
        foreach (var (result, shared) in results.Select(result => (result, TinyTrainer.Values(run.Middle.Parameters))))
        {
            using var middle = result.Middle!;
            Assert.All(middle.Tensors, tensor => Assert.Equal(shared[tensor.Name], tensor.Value.data<float>().ToArray()));
        }

        Assert.Equal(["round 1 averaged over 2"], run.Seen.Events.Where(seen => seen.Contains("averaged", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    [InlineData(Strategies.Apart)]
    public async Task The_order_of_joining_and_of_arrival_changes_no_bit(string strategy)
    {
        var settings = Strategies.With(TinyRun.Settings(dropout: 0.1, steps: 6, clients: 3), strategy, period: 2);
        var values = new List<Dictionary<string, float[]>>();
        foreach (var order in new[] { new[] { 0, 1, 2 }, [2, 0, 1] })
        {
            await using var run = new TinyRun(settings);
            var clients = new TinyClient[3];
            foreach (var client in order)
                clients[client] = await run.ConnectAsync($"client{client + 1}", data: client);
            clients[order[0]].Trainer.BeforeStep = _ => Task.Delay(5);
            await Task.WhenAll(order.Select(client => clients[client].RunAsync(samples: 10 + client)));
            values.Add(clients[0].Values.Concat(TinyTrainer.Values(run.Middle.Parameters)).ToDictionary());
        }

        foreach (var (name, value) in values[0])
            Assert.Equal(value, values[1][name]);
    }

    [Theory]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    public async Task All_clients_take_the_steps_of_the_one_with_the_most_rows(string strategy)
    {
        var settings = Strategies.With(TinyRun.Settings(clients: 2), strategy, period: 2);
        await using var run = new TinyRun(settings with { Training = settings.Training with { Epochs = 1 } });
        var clients = await ConnectAllAsync(run, 2);

        var results = await Task.WhenAll(clients[0].RunAsync(samples: 3), clients[1].RunAsync(samples: 14));  // one step, and five, of three rows

        Assert.Equal([5, 5], results.Select(result => result.Steps));
        Assert.Equal(3, run.Seen.Events.Count(seen => seen.Contains("averaged over 2", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    [InlineData(Strategies.Apart)]
    public async Task A_client_that_dies_within_a_period_counts_in_no_average_and_the_others_finish(string strategy)
    {
        await using var run = new TinyRun(Strategies.With(TinyRun.Settings(steps: 4, clients: 3), strategy, period: 2));
        var clients = await ConnectAllAsync(run, 3);
        clients[0].Trainer.BeforeStep = async taken =>
        {
            if (taken == 3)
                await clients[0].Channel.DisposeAsync();
        };

        var death = clients[0].RunAsync();
        var results = await Task.WhenAll(clients.Skip(1).Select(client => client.RunAsync()));

        await Assert.ThrowsAsync<NetworkException>(() => death);
        Assert.All(results, result => Assert.Equal((ClientOutcome.Finished, 4), (result.Outcome, result.Steps)));
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Contains("round 1 averaged over 3", run.Seen.Events);
        Assert.Contains("round 2 averaged over 2", run.Seen.Events);
    }

    [Theory]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    public async Task A_client_that_joins_in_the_last_period_is_refused_at_its_end(string strategy)
    {
        var settings = Strategies.With(TinyRun.Settings(steps: 2, clients: 2), strategy);
        await using var run = new TinyRun(settings with { Clients = settings.Clients with { Minimum = 1, JoinTimeoutS = 0.05 } });
        var first = await run.ConnectAsync("first");
        var joined = new TaskCompletionSource();
        first.Trainer.BeforeStep = taken => taken == 1 ? joined.Task : Task.CompletedTask;
        var running = first.RunAsync();
        await TinyRun.UntilAsync(() => first.Seen.Events.Contains("turn 1"));
        var late = await run.ConnectAsync("late", data: 7);
        var refused = late.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("late joined"));
        joined.SetResult();

        Assert.Equal(ClientOutcome.Finished, (await running).Outcome);
        Assert.Equal(FaultCode.Full, (await Assert.ThrowsAsync<ProtocolException>(() => refused)).Code);
        Assert.Equal(ServedRun.Complete, await run.Served);
    }

    [Fact]
    public async Task A_client_that_joins_within_the_first_period_begins_with_the_second_from_its_averages()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);  // a client that waits hears of it after 10 s
        var settings = Strategies.With(TinyRun.Settings(steps: 4, clients: 2), Strategies.Hierarchical, period: 2);
        await using var run = new TinyRun(settings with { Clients = settings.Clients with { Minimum = 1, JoinTimeoutS = 0.05 } });
        var first = await run.ConnectAsync("first");
        var joined = new TaskCompletionSource();
        Dictionary<string, float[]>? average = null;
        first.Trainer.BeforeStep = async taken =>
        {
            if (taken == 1)
                await joined.Task;
            if (taken == 2)
                average = first.Values;
        };
        var running = first.RunAsync();
        await TinyRun.UntilAsync(() => first.Seen.Events.Contains("turn 1"));
        var late = await run.ConnectAsync("late", data: 7);
        Dictionary<string, float[]>? start = null;
        late.Trainer.BeforeStep = taken =>
        {
            if (taken == 0)
                start = late.Values;
            return Task.CompletedTask;
        };
        var following = late.RunAsync();
        await TinyRun.UntilAsync(() => late.Seen.Events.Any(seen => seen.StartsWith("waiting for first", StringComparison.Ordinal)));  // it has its seat
        joined.SetResult();
        await Task.WhenAll(running, following);

        foreach (var (name, value) in average!)
            Assert.Equal(value, start![name]);
    }

    /// <summary>Rows of lengths and with numbers of targets of their own for every client.</summary>
    private static TrainingBatch Uneven(Random random, int client)
    {
        int[] lengths = [4 + (3 * client), 9, 5 + client];
        var rows = lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(1, 32)).ToArray());
        return BatchCollator.Collate([.. rows.Select(ids => new Example(ids, [.. ids.Select((id, at) => at < 1 + client ? Example.Ignored : id)]))]);
    }

    private static OptimizerSettings Sgd { get; } = new() { Name = OptimizerName.Sgd, LearningRate = 0.003 };

    private static async Task<TinyClient[]> ConnectAllAsync(TinyRun run, int count)
    {
        var clients = new TinyClient[count];
        for (var client = 0; client < count; client++)
            clients[client] = await run.ConnectAsync($"client{client + 1}", data: client);
        return clients;
    }

    private static void Close(Dictionary<string, float[]> expected, Dictionary<string, float[]> actual, float tolerance)
    {
        foreach (var (name, value) in actual)
            Assert.All(value.Zip(expected[name]), pair => Assert.Equal(pair.Second, pair.First, tolerance));
    }
}
