using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>After a step that fails at the client, the next one gives the values of a run without it.</summary>
public sealed class FailedStepTests
{
    private static readonly OptimizerSettings Optimizer = new() { LearningRate = 0.01, ClipNorm = 1, Schedule = LearningRateSchedule.Linear };

    [Theory]
    [InlineData("forward", 1, 1, 1)]
    [InlineData("nan", 1, 1, 1)]
    [InlineData("backward", 1, 1, 1)]
    [InlineData("forward", 3, 1, 2)]
    [InlineData("nan", 3, 1, 2)]
    [InlineData("backward", 3, 1, 3)]
    [InlineData("forward", 1, 3, 2)]
    [InlineData("nan", 1, 3, 2)]
    [InlineData("backward", 1, 3, 2)]
    public async Task A_failed_step_leaves_no_trace(string what, int batches, int microBatches, int pass)
    {
        using var folder = new TempFolder();
        var directory = TinyRun.Model.Write(folder.Path);

        var expected = await TrainAsync(directory, batches, microBatches, failAt: null, what, pass);
        var actual = await TrainAsync(directory, batches, microBatches, failAt: 2, what, pass);

        Assert.Equal(expected.Losses, actual.Losses);
        Assert.All(expected.Values, value => Assert.Equal(value.Value, actual.Values[value.Key]));
    }

    /// <param name="batches">of a step's three rows</param>
    /// <param name="failAt">an additional step that fails</param>
    /// <param name="pass">of the step: which one fails</param>
    private static async Task<(List<float> Losses, Dictionary<string, float[]> Values)> TrainAsync(
        string directory, int batches, int microBatches, int? failAt, string what, int pass)
    {
        using var stages = ThreeStages.Open(directory, new PeftSettings());
        using var lane = new ComputeLane("local");
        using var own = new StageOptimizer(stages.Client.Parameters, Optimizer, 4);
        using var middles = new StageOptimizer(stages.Middle.Parameters, Optimizer, 4);
        using var worker = new MiddleWorker(stages.Middle, middles, lane);
        var middle = new FailingMiddle(new LocalMiddle(worker), what);
        var trainer = new SplitTrainer(stages.Client, middle, own, lane) { BatchSize = 3 / batches, MicroBatches = microBatches };
        List<float> losses = [];
        for (var step = 1; step <= 4; step++)
        {
            if (step == failAt)
            {
                middle.FailsAfter = pass;
                var failure = await Assert.ThrowsAnyAsync<Exception>(() => trainer.StepAsync(TinyBatch.Create(vocabulary: 32, seed: 99), default));
                Assert.Equal(what == "nan" ? typeof(NotFiniteException) : typeof(NetworkException), failure.GetType());
                Assert.All(stages.Parameters, parameter => Assert.True(parameter.Value.grad is not { } gradient || gradient.norm().item<float>() == 0, parameter.Name));
            }

            losses.Add((await trainer.StepAsync(TinyBatch.Create(vocabulary: 32, seed: step), default)).Loss);
        }

        Assert.Equal((4L, 4L), (own.Steps, middles.Steps));
        return (losses, TinyTrainer.Values(stages.Parameters));
    }

    /// <summary>A middle of which one pass fails: its output is NaN, or its forward or backward throws.</summary>
    private sealed class FailingMiddle(IMiddle middle, string what) : IMiddle
    {
        /// <summary>Which of the next passes fails; counts down.</summary>
        public int FailsAfter { get; set; }

        public (long Up, long Down) Traffic => middle.Traffic;

        public ValueTask DropStepAsync() => middle.DropStepAsync();

        public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
        {
            var fails = FailsAfter > 0 && --FailsAfter == 0;
            if (fails && what == "forward")
                throw new NetworkException("The connection broke.");
            var pass = await middle.ForwardAsync(hidden, layout, mode, ct);
            return fails ? new FailingPass(pass, what == "nan" ? full_like(pass.Output, float.NaN) : pass.Output.alias()) : pass;
        }
    }

    private sealed class FailingPass(IMiddlePass pass, Tensor output) : IMiddlePass
    {
        public Tensor Output => output;

        public StepTimings Seconds => pass.Seconds;

        public ValueTask<Tensor> BackwardAsync(Tensor gradient, StepTerms terms, CancellationToken ct) => throw new NetworkException("The connection broke.");

        public ValueTask DisposeAsync()
        {
            output.Dispose();
            return pass.DisposeAsync();
        }
    }
}
