using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>Steps of the middle that fail, are given up, or are taken for several callers.</summary>
public sealed class MiddleWorkerTests : IDisposable
{
    private static readonly SequenceLayout Layout = new([3, 2]);
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public MiddleWorkerTests() => _model = new TinyLlama().Write(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("overflow")]
    [InlineData("disposed")]
    [InlineData("half")]
    public async Task A_step_that_is_not_taken_leaves_no_trace(string how)
    {
        using var expected = new Middle(_model);
        using var actual = new Middle(_model);
        foreach (var middle in new[] { expected, actual })
            await middle.StepAsync(seed: 1);

        await actual.FailAsync(how);

        Assert.All(actual.Stage.Parameters, parameter => Assert.Null(parameter.Value.grad));
        foreach (var middle in new[] { expected, actual })
            await middle.StepAsync(seed: 2);
        Bits.Equal(expected.Stage.Parameters, actual.Stage.Parameters, "after the next step");
        Assert.Equal(2, actual.Optimizer.Steps);
    }

    [Fact]
    public async Task Passes_open_at_the_same_time_are_one_step_that_the_last_gradient_ends()
    {
        using var middle = new Middle(_model);
        var caller = new LocalMiddle(middle.Worker);

        await using var first = await middle.ForwardAsync(caller, seed: 1);
        await using var second = await middle.ForwardAsync(caller, seed: 2);
        await middle.BackwardAsync(second, seed: 2, new StepTerms(Accumulate: true));
        await using var third = await middle.ForwardAsync(caller, seed: 3);
        await middle.BackwardAsync(first, seed: 1, new StepTerms(Accumulate: true));
        Assert.Equal(0, middle.Optimizer.Steps);
        Assert.All(middle.Stage.Parameters, parameter => Assert.NotNull(parameter.Value.grad));
        await middle.BackwardAsync(third, seed: 3, new StepTerms(Accumulate: false));

        Assert.Equal(1, middle.Optimizer.Steps);
        await middle.StepAsync(seed: 4);
        Assert.Equal(2, middle.Optimizer.Steps);
    }

    [Theory]
    [InlineData("dropped")]
    [InlineData("between")]
    [InlineData("overflow")]
    public async Task A_step_of_several_passes_that_is_not_taken_leaves_no_trace(string how)
    {
        using var expected = new Middle(_model);
        using var actual = new Middle(_model);
        var caller = new LocalMiddle(actual.Worker);
        await using var first = await actual.ForwardAsync(caller, seed: 50);
        await using var second = await actual.ForwardAsync(caller, seed: 51);

        if (how == "overflow")
        {
            var failing = actual.BackwardAsync(first, seed: null, new StepTerms(Accumulate: true));
            var following = actual.BackwardAsync(second, seed: 51, new StepTerms(Accumulate: false));
            await Assert.ThrowsAsync<NotFiniteException>(() => failing);
            await Assert.ThrowsAsync<InvalidOperationException>(() => following);
        }
        else
        {
            await actual.BackwardAsync(first, seed: 50, new StepTerms(Accumulate: true));
            if (how == "dropped")
            {
                await second.DisposeAsync();
            }
            else
            {
                await actual.BackwardAsync(second, seed: 51, new StepTerms(Accumulate: true));
                await caller.DropStepAsync();
            }
        }

        await actual.EvaluateAsync(); // behind everything on the lane
        Assert.All(actual.Stage.Parameters, parameter => Assert.Null(parameter.Value.grad));
        foreach (var middle in new[] { expected, actual })
            await middle.StepAsync(seed: 2);
        Bits.Equal(expected.Stage.Parameters, actual.Stage.Parameters, "after the next step");
        Assert.Equal(1, actual.Optimizer.Steps);
    }

    [Fact]
    public async Task Steps_of_two_callers_at_the_same_time_are_taken_one_after_another()
    {
        using var oneFirst = new Middle(_model);
        await oneFirst.StepAsync(seed: 1);
        await oneFirst.StepAsync(seed: 2);
        using var otherFirst = new Middle(_model);
        await otherFirst.StepAsync(seed: 2);
        await otherFirst.StepAsync(seed: 1);

        for (var i = 0; i < 10; i++)
        {
            using var both = new Middle(_model);
            using var start = new Barrier(2);
            await Task.WhenAll(new[] { 1, 2 }.Select(seed => Task.Run(() =>
            {
                start.SignalAndWait();
                return both.StepAsync(seed);
            })));

            Assert.Equal(2, both.Optimizer.Steps);
            Assert.True(both.Equals(oneFirst) || both.Equals(otherFirst), "the gradients of two callers were mixed");
        }
    }

    [Fact]
    public async Task No_step_of_many_callers_is_lost_and_evaluations_run_between_them()
    {
        using var middle = new Middle(_model);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(caller => Task.Run(async () =>
        {
            for (var step = 0; step < 5; step++)
            {
                if (caller % 3 == 0)
                    await middle.EvaluateAsync();
                else if (step == 3)
                    await middle.FailAsync("disposed");
                else
                    await middle.StepAsync(caller);
            }
        })));

        Assert.Equal(4 * 4, middle.Optimizer.Steps);
    }

    /// <summary>A middle of its own.</summary>
    private sealed class Middle : IDisposable
    {
        private readonly ThreeStages _stages;
        private readonly ComputeLane _lane = new("middle");
        private readonly MiddleWorker _worker;

        public Middle(string model)
        {
            _stages = ThreeStages.Open(model, new PeftSettings());
            Optimizer = new StageOptimizer(Stage.Parameters, new OptimizerSettings { LearningRate = 0.01, ClipNorm = 1 }, 100);
            _worker = new MiddleWorker(Stage, Optimizer, _lane);
        }

        public MiddleStage Stage => _stages.Middle;

        public StageOptimizer Optimizer { get; }

        public async Task StepAsync(int seed)
        {
            using var hidden = Random(seed);
            await using var pass = await new LocalMiddle(_worker).ForwardAsync(hidden, Layout, PassMode.Train, default);
            using var gradient = Random(seed + 100);
            (await pass.BackwardAsync(gradient, default, default)).Dispose();
        }

        public MiddleWorker Worker => _worker;

        public async Task<IMiddlePass> ForwardAsync(IMiddle caller, int seed)
        {
            using var hidden = Random(seed);
            return await caller.ForwardAsync(hidden, Layout, PassMode.Train, default);
        }

        /// <param name="seed">null = one that overflows</param>
        public async Task BackwardAsync(IMiddlePass pass, int? seed, StepTerms terms)
        {
            using var gradient = seed is { } random ? Random(random + 100) : full(2, 3, 32, float.MaxValue);
            (await pass.BackwardAsync(gradient, terms, default)).Dispose();
        }

        public async Task EvaluateAsync()
        {
            using var hidden = Random(3);
            await using var pass = await new LocalMiddle(_worker).ForwardAsync(hidden, Layout, PassMode.Evaluate, default);
        }

        /// <summary>A step whose gradient overflows, which is disposed before its backward, or after half of its backwards.</summary>
        public async Task FailAsync(string how)
        {
            using var hidden = Random(50);
            using var gradient = how == "overflow" ? full_like(hidden, float.MaxValue) : Random(51);
            var leg = MiddleLeg.Here(hidden, Layout);
            var back = MiddleLeg.Here(gradient, Layout);
            await using var step = await _worker.BeginStepAsync(default);
            var (first, output) = await step.ForwardAsync(leg, new StepTimings(), default);
            output.Dispose();
            if (how == "disposed")
                return;
            if (how == "overflow")
            {
                await Assert.ThrowsAsync<NotFiniteException>(() => step.BackwardAsync(first, back, new StepTimings(), default));
                return;
            }

            (_, output) = await step.ForwardAsync(leg, new StepTimings(), default);
            output.Dispose();
            (await step.BackwardAsync(first, back, new StepTimings(), default)).Dispose();
        }

        public bool Equals(Middle other) => Stage.Parameters.Zip(other.Stage.Parameters).All(pair => pair.First.Value.Equals(pair.Second.Value));

        public void Dispose()
        {
            _worker.Dispose();
            _lane.Dispose();
            Optimizer.Dispose();
            _stages.Dispose();
        }

        /// <returns>[2, 3, H]</returns>
        private static Tensor Random(int seed)
        {
            using var generator = new Generator((ulong)seed);
            generator.manual_seed(seed);
            return randn(2, 3, 32, generator: generator);
        }
    }
}
