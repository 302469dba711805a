using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>A run that its reader ends.</summary>
public sealed class LocalTrainerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_reader_that_leaves_the_loop_stops_the_run_which_saves()
    {
        await foreach (var happened in Trainer().RunAsync())
        {
            if (happened is StepReport { Step: 2 })
                break;
        }

        Assert.True(Directory.Exists(_folder.At("adapter")));
    }

    [Fact]
    public async Task A_reader_that_throws_stops_the_run_which_saves_and_the_exception_comes_out()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var happened in Trainer().RunAsync())
            {
                if (happened is StepReport { Step: 2 })
                    throw new InvalidOperationException("of the reader");
            }
        });

        Assert.Equal("of the reader", error.Message);
        Assert.True(Directory.Exists(_folder.At("adapter")));
    }

    [Fact]
    public async Task A_run_that_is_stopped_saves_and_reports_where()
    {
        var trainer = Trainer();
        List<RunEvent> seen = [];
        await foreach (var happened in trainer.RunAsync())
        {
            seen.Add(happened);
            if (happened is StepReport { Step: 2 })
                trainer.Stop();
        }

        var saved = Assert.Single(seen.OfType<RunEvent.Saved>());
        Assert.Equal(seen.OfType<StepReport>().Count(), saved.Step);
        Assert.True(Directory.Exists(_folder.At("adapter")));
    }

    [Fact]
    public async Task Several_data_owners_of_a_strategy_that_takes_no_turns_are_refused()
    {
        var owner = new TrainerOptions { Model = _folder.At("none"), Plan = new RunPlan { Training = new TrainingSettings { Strategy = StrategyName.ServerHierarchical } } };
        var trainer = new LocalTrainer(owner) { Others = [owner] };

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => trainer.RunToEndAsync());
        Assert.Equal("training.strategy: several data owners in one process take turns; serial.", error.Message);
    }

    [Fact]
    public async Task A_run_of_accumulated_batches_takes_the_steps_of_one_with_larger_batches()
    {
        var large = await ReportsAsync(new TrainingSettings { Epochs = 2, BatchSize = 4 });
        var accumulated = await ReportsAsync(new TrainingSettings { Epochs = 2, BatchSize = 2, Accumulate = 2, MicroBatches = 2 });

        Assert.Equal(large.Select(step => (step.Step, step.Steps, step.Tokens)), accumulated.Select(step => (step.Step, step.Steps, step.Tokens)));
        Assert.Equal(4, large.Count); // of 7 rows: 4 and 3, twice
        Assert.All(large.Zip(accumulated), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-5f));
    }

    private async Task<List<StepReport>> ReportsAsync(TrainingSettings training)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(3, 7).Select(length => Enumerable.Range(0, length).Select(_ => random.Next(1, 32)).ToArray());
        var trainer = new LocalTrainer(new TrainerOptions
        {
            Model = TinyRun.Model.Write(_folder.At("model")),
            Plan = TinyRun.Settings() with { Training = training },
            Examples = [.. rows.Select(ids => new Example(ids, ids))],
        });
        List<StepReport> steps = [];
        await foreach (var happened in trainer.RunAsync())
        {
            if (happened is StepReport step)
                steps.Add(step);
        }

        return steps;
    }

    /// <summary>Trains for hours unless it is stopped.</summary>
    private LocalTrainer Trainer()
    {
        int[] ids = [3, 4, 5, 6];
        return new LocalTrainer(new TrainerOptions
        {
            Model = TinyRun.Model.Write(_folder.At("model")),
            Plan = TinyRun.Settings(steps: 1_000_000),
            Examples = [new Example(ids, ids), new Example(ids, ids)],
            Output = _folder.At("adapter"),
        });
    }
}
