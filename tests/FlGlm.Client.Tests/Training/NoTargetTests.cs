using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Tests.Training;

/// <summary>The mean loss over no tokens is NaN; that is a fault of the data, not of the training.</summary>
public sealed class NoTargetTests
{
    private static readonly Example Learnt = new([1, 2, 3], [Example.Ignored, 2, 3]);
    private static readonly Example NotLearnt = new([4, 5, 6], [4, Example.Ignored, Example.Ignored]);

    [Fact]
    public async Task A_batch_without_a_token_to_learn_is_an_error_of_the_data_and_nothing_is_sent()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        using var local = new Local(run);
        using var optimizer = new StageOptimizer(local.Stages.Parameters, run.Plan.Optimizer, run.Plan.ClientSteps(samples: 1));
        var unused = new UnusedMiddle();
        var trainer = new SplitTrainer(local.Stages, unused, optimizer, local.Lane);

        var error = await Assert.ThrowsAsync<DataException>(() => trainer.StepAsync(BatchCollator.Collate([NotLearnt]), default));

        Assert.StartsWith("A batch of 1 row has no token to learn", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validation_leaves_out_batches_without_targets_and_refuses_rows_that_have_none()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        using var local = new Local(run);
        var loss = new ValidationLoss(local.Stages, local.Middle, local.Lane);
        var expected = await loss.MeasureAsync([Learnt], batchSize: 1, default);

        Assert.True(double.IsFinite(expected.Loss));
        Assert.Equal(expected, await loss.MeasureAsync([NotLearnt, Learnt, NotLearnt], batchSize: 1, default));
        var error = await Assert.ThrowsAsync<DataException>(() => loss.MeasureAsync([NotLearnt, NotLearnt], batchSize: 1, default));
        Assert.StartsWith("No token of the 2 validation rows has a label", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The stages of a run in this process.</summary>
    private sealed class Local : IDisposable
    {
        private readonly MiddleStage _stage;
        private readonly StageOptimizer _optimizer;
        private readonly MiddleWorker _middle;

        public Local(TinyRun run)
        {
            Stages = run.OpenStages();
            _stage = new MiddleStage(run.Checkpoint, run.Blueprint);
            _optimizer = new StageOptimizer(_stage.Parameters, run.Plan.Optimizer, run.Plan.ClientSteps(1));
            _middle = new MiddleWorker(_stage, _optimizer, Lane);
        }

        public ComputeLane Lane { get; } = new("local");

        public Client.Stages.ClientStages Stages { get; }

        public IMiddle Middle => new LocalMiddle(_middle);

        public void Dispose()
        {
            _middle.Dispose();
            _optimizer.Dispose();
            _stage.Dispose();
            Stages.Dispose();
            Lane.Dispose();
        }
    }

    private sealed class UnusedMiddle : IMiddle
    {
        public (long Up, long Down) Traffic => (0, 0);

        public ValueTask DropStepAsync() => ValueTask.CompletedTask;

        public ValueTask<IMiddlePass> ForwardAsync(TorchSharp.torch.Tensor hidden, Core.Models.SequenceLayout layout, PassMode mode, CancellationToken ct) =>
            throw new InvalidOperationException("Something was sent.");
    }
}
