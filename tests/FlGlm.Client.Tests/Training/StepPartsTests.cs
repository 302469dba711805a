using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>Steps whose rows are computed in several batches and micro-batches.</summary>
public sealed class StepPartsTests : IDisposable
{
    private const float Tolerance = 1e-6f;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PeftMethod.Lora, 2, 1, 4)]
    [InlineData(PeftMethod.Lora, 8, 2, 2)]
    [InlineData(PeftMethod.Lora, 8, 3, 3)]
    [InlineData(PeftMethod.Lora, 3, 2, 6)]
    [InlineData(PeftMethod.PTuningV2, 2, 1, 4)]
    [InlineData(PeftMethod.PTuningV2, 8, 3, 3)]
    [InlineData(PeftMethod.None, 4, 2, 4)]
    public async Task Loss_and_gradients_are_those_of_one_batch(PeftMethod method, int batchSize, int microBatches, int passes)
    {
        var rows = TinyBatch.Create(rows: 8, length: 14, vocabulary: 32);

        var whole = await StepAsync(method, rows, batchSize: 8, microBatches: 1);
        var parts = await StepAsync(method, rows, batchSize, microBatches);

        Assert.Equal((1, passes), (whole.Passes.Count, parts.Passes.Count));
        Assert.Equal(whole.Loss, parts.Loss, Tolerance);
        AssertClose(whole, parts);
    }

    [Fact]
    public async Task A_part_without_a_token_to_learn_is_left_out_and_the_last_that_is_computed_ends_the_step()
    {
        Example learnt = new([1, 2, 3, 4], [Example.Ignored, 2, 3, 4]), other = new([5, 6], [Example.Ignored, 6]), notLearnt = new([4, 5], [Example.Ignored, Example.Ignored]);
        var rows = BatchCollator.Collate([notLearnt, learnt, notLearnt, other, notLearnt]);

        var whole = await StepAsync(PeftMethod.Lora, rows, batchSize: 5, microBatches: 1);
        var parts = await StepAsync(PeftMethod.Lora, rows, batchSize: 2, microBatches: 2);

        Assert.Equal([new StepTerms(Accumulate: true, 4), new StepTerms(Accumulate: false, 4)], parts.Passes.Select(pass => pass.Terms));
        Assert.Equal(["4", "2"], parts.Passes.Select(pass => pass.Lengths));
        Assert.Equal((12, 6), (whole.Tokens, parts.Tokens));
        Assert.Equal(whole.Loss, parts.Loss, Tolerance);
        AssertClose(whole, parts);
    }

    [Fact]
    public async Task The_only_part_with_a_token_to_learn_is_computed_as_if_it_were_the_step()
    {
        Example learnt = new([1, 2, 3, 4], [Example.Ignored, 2, 3, 4]), notLearnt = new([4, 5], [Example.Ignored, Example.Ignored]);

        var alone = await StepAsync(PeftMethod.Lora, BatchCollator.Collate([learnt]), batchSize: 1, microBatches: 1);
        var among = await StepAsync(PeftMethod.Lora, BatchCollator.Collate([notLearnt, learnt]), batchSize: 1, microBatches: 1);

        Assert.Equal(alone.Loss, among.Loss);
        Assert.All(alone.Values, value => Assert.Equal(value.Value, among.Values[value.Key]));
    }

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.None)]
    public async Task Replies_that_come_in_the_reverse_order_change_no_bit(PeftMethod method)
    {
        var rows = TinyBatch.Create(rows: 6, length: 12, vocabulary: 32);

        var inOrder = await StepAsync(method, rows, batchSize: 3, microBatches: 3);
        var reversed = await StepAsync(method, rows, batchSize: 3, microBatches: 3, replies => replies.Reverse());

        Assert.Equal(inOrder.Loss, reversed.Loss);
        Assert.Equal(inOrder.Passes.Select(pass => pass.Lengths), reversed.Passes.Select(pass => pass.Lengths));
        Assert.All(inOrder.Values, value => Assert.Equal(value.Value, reversed.Values[value.Key]));
    }

    [Fact]
    public async Task All_parts_of_a_batch_are_under_way_at_once_and_batches_follow_one_another()
    {
        var step = await StepAsync(PeftMethod.Lora, TinyBatch.Create(rows: 6, vocabulary: 32), batchSize: 3, microBatches: 3, replies => replies);

        Assert.Equal(3, step.MostOpen);
    }

    /// <summary>One step of plain gradient descent at rate 1, by which every parameter moves as far as its gradient says.</summary>
    /// <param name="order">in which the replies of three passes come; null = at once</param>
    private async Task<Step> StepAsync(
        PeftMethod method, TrainingBatch rows, int batchSize, int microBatches, Func<IEnumerable<Func<Task>>, IEnumerable<Func<Task>>>? order = null)
    {
        var directory = (TinyRun.Model with { TiedHead = true }).Write(_folder.At("model"));
        var descent = new OptimizerSettings { Name = OptimizerName.Sgd, LearningRate = 1 };
        using var stages = ThreeStages.Open(directory, new PeftSettings { Method = method, Prefix = new PrefixSettings { Length = 3, Dropout = 0 } });
        foreach (var parameter in stages.Parameters.Where(parameter => parameter.Name.EndsWith("lora_B.weight", StringComparison.Ordinal)))
        {
            using var frozen = no_grad();
            parameter.Value.fill_(0.05);
        }

        using var lane = new ComputeLane("local");
        using var own = new StageOptimizer(stages.Client.Parameters, descent, 1);
        using var middles = new StageOptimizer(stages.Middle.Parameters, descent, 1);
        using var worker = new MiddleWorker(stages.Middle, middles, lane);
        var middle = new WatchedMiddle(new LocalMiddle(worker), order);
        var before = TinyTrainer.Values(stages.Parameters);
        var result = await new SplitTrainer(stages.Client, middle, own, lane) { BatchSize = batchSize, MicroBatches = microBatches }.StepAsync(rows, default);
        Assert.Equal((1L, 1L), (own.Steps, middles.Steps));
        var values = TinyTrainer.Values(stages.Parameters);
        Assert.Contains(values, value => value.Value.Zip(before[value.Key]).Any(pair => Math.Abs(pair.First - pair.Second) > 1000 * Tolerance));
        return new Step(result.Loss, result.Tokens, middle.Passes, middle.MostOpen, values);
    }

    private static void AssertClose(Step expected, Step actual)
    {
        Assert.All(expected.Values, value => Assert.All(
            value.Value.Zip(actual.Values[value.Key]), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, Math.Abs(pair.First)))));
    }

    private sealed record Step(
        float Loss, int Tokens, IReadOnlyList<(string Lengths, StepTerms Terms)> Passes, int MostOpen, IReadOnlyDictionary<string, float[]> Values);

    /// <summary>Records the gradients, and gives the replies of every three requests in a certain order.</summary>
    private sealed class WatchedMiddle(
        IMiddle middle, Func<IEnumerable<Func<Task>>, IEnumerable<Func<Task>>>? order) : IMiddle
    {
        private readonly List<Func<Task>> _replies = [];
        private int _open;

        public List<(string Lengths, StepTerms Terms)> Passes { get; } = [];

        public int MostOpen { get; private set; }

        public (long Up, long Down) Traffic => middle.Traffic;

        public ValueTask DropStepAsync() => middle.DropStepAsync();

        public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
        {
            MostOpen = Math.Max(MostOpen, ++_open);
            var pass = await ReplyAsync(middle.ForwardAsync(hidden, layout, mode, ct).AsTask());
            return new WatchedPass(this, pass, string.Join(' ', layout.Lengths));
        }

        /// <summary>Gives a reply when three are requested and those before it in their order are given.</summary>
        private Task<T> ReplyAsync<T>(Task<T> coming)
        {
            if (order is null)
                return coming;
            var reply = new TaskCompletionSource<T>(); // whose continuation runs before the next reply is given
            _replies.Add(async () => reply.SetResult(await coming));
            if (_replies.Count == 3)
            {
                _ = GiveAsync([.. order(_replies)]);
                _replies.Clear();
            }

            return reply.Task;
        }

        private static async Task GiveAsync(IReadOnlyList<Func<Task>> replies)
        {
            foreach (var give in replies)
                await give();
        }

        private sealed class WatchedPass(WatchedMiddle watched, IMiddlePass pass, string lengths) : IMiddlePass
        {
            public Tensor Output => pass.Output;

            public StepTimings Seconds => pass.Seconds;

            public async ValueTask<Tensor> BackwardAsync(Tensor gradient, StepTerms terms, CancellationToken ct)
            {
                watched.Passes.Add((lengths, terms));
                watched._open--;
                return await watched.ReplyAsync(pass.BackwardAsync(gradient, terms, ct).AsTask());
            }

            public ValueTask DisposeAsync() => pass.DisposeAsync();
        }
    }
}
