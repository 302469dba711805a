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
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failed_step_leaves_no_trace(bool isNotFinite)
    {
        using var folder = new TempFolder();
        var directory = TinyRun.Model.Write(folder.Path);

        var expected = await TrainAsync(directory, failAt: null, isNotFinite);
        var actual = await TrainAsync(directory, failAt: 2, isNotFinite);

        Assert.Equal(expected.Losses, actual.Losses);
        Assert.All(expected.Values, value => Assert.Equal(value.Value, actual.Values[value.Key]));
    }

    /// <param name="failAt">an additional step that fails</param>
    private static async Task<(List<float> Losses, Dictionary<string, float[]> Values)> TrainAsync(string directory, int? failAt, bool isNotFinite)
    {
        using var stages = ThreeStages.Open(directory, new PeftSettings());
        using var lane = new ComputeLane("local");
        using var own = new StageOptimizer(stages.Client.Parameters, Optimizer, 4);
        using var middles = new StageOptimizer(stages.Middle.Parameters, Optimizer, 4);
        using var worker = new MiddleWorker(stages.Middle, middles, lane);
        var middle = new FailingMiddle(worker, isNotFinite);
        var trainer = new SplitTrainer(stages.Client, middle, own, lane);
        List<float> losses = [];
        for (var step = 1; step <= 4; step++)
        {
            if (step == failAt)
            {
                middle.Fails = true;
                var failure = await Assert.ThrowsAnyAsync<Exception>(() => trainer.StepAsync(TinyBatch.Create(vocabulary: 32, seed: 99), default));
                Assert.Equal(isNotFinite ? typeof(NotFiniteException) : typeof(NetworkException), failure.GetType());
                middle.Fails = false;
            }

            losses.Add((await trainer.StepAsync(TinyBatch.Create(vocabulary: 32, seed: step), default)).Loss);
        }

        Assert.Equal((4L, 4L), (own.Steps, middles.Steps));
        return (losses, TinyTrainer.Values(stages.Parameters));
    }

    /// <summary>A middle whose output is NaN, or whose backward throws.</summary>
    private sealed class FailingMiddle(IMiddle middle, bool isNotFinite) : IMiddle
    {
        public bool Fails { get; set; }

        public (long Up, long Down) Traffic => middle.Traffic;

        public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
        {
            var pass = await middle.ForwardAsync(hidden, layout, mode, ct);
            return Fails ? new FailingPass(pass, isNotFinite ? full_like(pass.Output, float.NaN) : pass.Output.alias()) : pass;
        }
    }

    private sealed class FailingPass(IMiddlePass pass, Tensor output) : IMiddlePass
    {
        public Tensor Output => output;

        public StepTimings Seconds => pass.Seconds;

        public ValueTask<Tensor> BackwardAsync(Tensor gradient, CancellationToken ct) => throw new NetworkException("The connection broke.");

        public ValueTask DisposeAsync()
        {
            output.Dispose();
            return pass.DisposeAsync();
        }
    }
}
