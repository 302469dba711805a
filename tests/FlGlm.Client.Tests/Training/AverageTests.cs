using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>What an average does, compared with plain arithmetic over owners that train the uncut model.</summary>
public sealed class AverageTests
{
    private const int Period = 2;

    [Theory]
    [InlineData(AverageWeights.Samples, AverageMoments.Keep, OptimizerName.Adam)]
    [InlineData(AverageWeights.Uniform, AverageMoments.Reset, OptimizerName.Adam)]
    [InlineData(AverageWeights.Targets, AverageMoments.Average, OptimizerName.Adam)]
    [InlineData(AverageWeights.Uniform, AverageMoments.Average, OptimizerName.AdamW)]
    [InlineData(AverageWeights.Samples, AverageMoments.Average, OptimizerName.Sgd)]
    public async Task A_run_of_two_periods_is_what_plain_arithmetic_makes_of_it(AverageWeights weights, AverageMoments moments, OptimizerName optimizer)
    {
        var settings = Strategies.With(TinyRun.Settings(steps: 2 * Period, clients: 2), Strategies.Hierarchical, Period, weights);
        settings = settings with
        {
            Optimizer = settings.Optimizer with { Name = optimizer, Momentum = optimizer == OptimizerName.Sgd ? 0.9 : 0, ClipNorm = 0 },
            Training = settings.Training with { AverageMoments = moments },
        };
        await using var run = new TinyRun(settings);
        TinyClient[] clients = [await run.ConnectAsync("client1", data: 1), await run.ConnectAsync("client2", data: 2)];
        clients[0].Trainer.Rows = random => Rows(random, 4);
        clients[1].Trainer.Rows = random => Rows(random, 9);

        await Task.WhenAll(clients[0].RunAsync(samples: 10), clients[1].RunAsync(samples: 30));

        using var first = new PlainOwner(run.Checkpoint, run.Blueprint, run.Plan.Optimizer, 2 * Period, data: 1);
        using var second = new PlainOwner(run.Checkpoint, run.Blueprint, run.Plan.Optimizer, 2 * Period, data: 2);
        double[] shares = weights switch { AverageWeights.Uniform => [1, 1], AverageWeights.Targets => [3, 8], _ => [10, 30] };
        for (var period = 0; period < 2; period++)
        {
            first.Train(Period, random => Rows(random, 4));
            second.Train(Period, random => Rows(random, 9));
            PlainOwner.Average([first, second], shares, moments);
        }

        var expected = TinyTrainer.Values(first.Parameters);
        foreach (var (name, value) in clients[1].Values.Concat(TinyTrainer.Values(run.Middle.Parameters)))
            Assert.All(value.Zip(expected[name]), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Theory]
    [InlineData(Strategies.Serial)]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    public async Task With_exact_averages_the_first_factor_stays_as_initialised_and_the_second_trains(string strategy)
    {
        await using var run = new TinyRun(WithLora(strategy, AverageLora.Exact));
        TinyClient[] clients = [await run.ConnectAsync("client1", data: 1), await run.ConnectAsync("client2", data: 2)];
        var start = clients[0].Values.Concat(TinyTrainer.Values(run.Middle.Parameters)).ToDictionary();

        await Task.WhenAll(clients.Select(client => client.RunAsync()));

        foreach (var (name, value) in clients[0].Values.Concat(TinyTrainer.Values(run.Middle.Parameters)))
        {
            if (Lora.IsA(name))
                Assert.Equal(start[name], value);
            else
                Assert.NotEqual(start[name], value);
        }
    }

    [Theory]
    [InlineData(AverageLora.Exact, true)]
    [InlineData(AverageLora.Factor, false)]
    public async Task Only_exact_averages_have_the_mean_of_the_products(AverageLora lora, bool isMean)
    {
        await using var run = new TinyRun(WithLora(Strategies.Hierarchical, lora));
        TinyClient[] clients = [await run.ConnectAsync("client1", data: 1), await run.ConnectAsync("client2", data: 2)];
        foreach (var client in clients)
            client.Trainer.Rows = random => Rows(random, 9);

        await Task.WhenAll(clients.Select(client => client.RunAsync()));

        using var first = new PlainOwner(run.Checkpoint, run.Blueprint, run.Plan.Optimizer, 4, data: 1);
        using var second = new PlainOwner(run.Checkpoint, run.Blueprint, run.Plan.Optimizer, 4, data: 2);
        first.Train(4, random => Rows(random, 9));
        second.Train(4, random => Rows(random, 9));
        var mean = Products(first.Parameters).Zip(Products(second.Parameters), (one, other) => (one + other) / 2).ToList();
        var ours = Products([.. run.Middle.Parameters]).ToList();
        var theirs = mean.Skip(Products(clients[0].Stages.Head.Parameters).Count()).Take(ours.Count);
        var residual = ours.Zip(theirs, (one, other) => (one - other).abs().max().item<float>()).Max();
        Assert.Equal(isMean, residual < 1e-6f);
    }

    private static RunPlan WithLora(string strategy, AverageLora lora)
    {
        var settings = Strategies.With(TinyRun.Settings(steps: 4, clients: 2), strategy, period: 4);
        return settings with { Training = settings.Training with { AverageLora = lora }, Optimizer = settings.Optimizer with { ClipNorm = 0 } };
    }

    /// <summary>B A of every adapter, in the order of the parameters.</summary>
    private static IEnumerable<Tensor> Products(IReadOnlyList<NamedParameter> parameters)
    {
        var byName = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.detach());
        return byName.Where(a => Lora.IsA(a.Key)).Select(a => byName[a.Key.Replace(".lora_A.", ".lora_B.", StringComparison.Ordinal)].mm(a.Value));
    }

    private static TrainingBatch Rows(Random random, int length)
    {
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(1, 32))];
        return BatchCollator.Collate([new Example(ids, ids)]);
    }
}
