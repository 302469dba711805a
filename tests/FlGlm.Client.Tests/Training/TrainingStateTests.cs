using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>A training that goes back to an earlier state of its own.</summary>
public sealed class TrainingStateTests
{
    [Theory]
    [InlineData("adam", 0)]
    [InlineData("adam", 2)]
    [InlineData("sgd", 0)]
    [InlineData("sgd", 2)]
    public async Task Going_back_gives_the_same_steps_again(string optimizer, int before)
    {
        var settings = TinyRun.Settings(PeftMethod.PTuningV2, dropout: 0.2);
        var name = optimizer == "sgd" ? OptimizerName.Sgd : OptimizerName.Adam;
        await using var run = new TinyRun(settings with { Optimizer = settings.Optimizer with { Name = name, Momentum = optimizer == "sgd" ? 0.9 : 0 } });
        using var lane = new ComputeLane("local");
        using var stage = new MiddleStage(run.Checkpoint, run.Blueprint);
        using var stages = run.OpenStages();
        using var ofMiddle = new StageOptimizer(stage.Parameters, run.Plan.Optimizer, 9);
        using var own = new StageOptimizer(stages.Parameters, run.Plan.Optimizer, 9);
        using var worker = new MiddleWorker(stage, ofMiddle, lane);
        TrainingState[] states = [new(stage.Parameters, ofMiddle, [stage.Blocks]), new(stages.Parameters, own, [stages.Head.Blocks, stages.Tail.Blocks])];
        await TrainAsync(before);
        var kept = await lane.RunAsync(() => states.Select(state => (state.Steps, Tensors: Copy(state))).ToList(), default);

        var first = await TrainAsync(3);
        await lane.RunAsync(
            () =>
            {
                foreach (var (state, (steps, tensors)) in states.Zip(kept))
                    state.Restore(tensors, steps);
                return true;
            },
            default);
        var second = await TrainAsync(3);

        Assert.Equal(first, second);
        Assert.All(states, state => Assert.Equal(before + 3, state.Steps.Taken));
        foreach (var tensor in kept.SelectMany(each => each.Tensors.Values))
            tensor.Dispose();

        async Task<List<float>> TrainAsync(int steps)
        {
            var trainer = new TinyTrainer(stages, new LocalMiddle(worker), run.Plan, lane, data: 1, own);
            await trainer.TrainAsync(1, steps, default, default);
            return trainer.Losses;
        }
    }

    [Fact]
    public async Task A_state_of_another_training_is_refused_and_no_value_is_changed()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        using var stage = new MiddleStage(run.Checkpoint, run.Blueprint);
        using var optimizer = new StageOptimizer(stage.Parameters, run.Plan.Optimizer, 9);
        var state = new TrainingState(stage.Parameters, optimizer, [stage.Blocks]);
        var before = TinyTrainer.Values(stage.Parameters);
        var stored = Copy(state).ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var value in stored.Where(pair => pair.Key.StartsWith("value/", StringComparison.Ordinal)).Select(pair => pair.Value))
            value.fill_(7f);

        foreach (var name in stored.Keys.Order(StringComparer.Ordinal).Where(name => !name.StartsWith("dropout", StringComparison.Ordinal)))
        {
            var without = stored.Where(pair => pair.Key != name).ToDictionary();
            Assert.Equal(name, Assert.Throws<CheckpointException>(() => state.Restore(without, default)).Tensor);
            Assert.Equal(before, TinyTrainer.Values(stage.Parameters));
        }

        foreach (var tensor in stored.Values)
            tensor.Dispose();
    }

    [Fact]
    public async Task The_size_is_that_of_the_tensors_after_the_first_step()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        using var stage = new MiddleStage(run.Checkpoint, run.Blueprint);
        using var optimizer = new StageOptimizer(stage.Parameters, run.Plan.Optimizer, 9);
        var state = new TrainingState(stage.Parameters, optimizer, [stage.Blocks]);

        using var scope = NewDisposeScope();
        Assert.Equal(state.Tensors().Values.Sum(tensor => tensor.numel() * tensor.element_size()), state.Bytes);
    }

    private static IReadOnlyDictionary<string, Tensor> Copy(TrainingState state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return state.Tensors().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone().DetachFromDisposeScope());
    }
}
