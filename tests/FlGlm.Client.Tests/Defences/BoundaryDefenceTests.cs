using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Tests.Training;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Defences;

public sealed class BoundaryDefenceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ThreeStages _stages;
    private readonly ComputeLane _lane = new("local");

    public BoundaryDefenceTests()
    {
        _stages = ThreeStages.Open(TinyRun.Model.Write(_folder.At("model")), new PeftSettings { Method = PeftMethod.Lora });
        using var frozen = no_grad();
        foreach (var parameter in _stages.Parameters.Where(parameter => parameter.Name.EndsWith("lora_B.weight", StringComparison.Ordinal)))
            parameter.Value.fill_(0.05);
    }

    public void Dispose()
    {
        _lane.Dispose();
        _stages.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_training_step_sends_and_uses_only_what_the_defence_gives()
    {
        var (defence, before) = (new ZeroDefence(), TinyTrainer.Values(_stages.Client.Head.Parameters));

        var sent = await StepAsync(defence, microBatches: 2);

        Assert.Equal(4, sent.Count);
        Assert.All(sent, values => Assert.All(values, value => Assert.Equal(0, value)));
        Assert.Equal(before, TinyTrainer.Values(_stages.Client.Head.Parameters));
        Assert.Equal(
            [
                "step 1 of 3 rows", "Train 1 hidden of row 0 on: 10", "Train 1 hidden of row 1 on: 8 6", "Train 1 up of row 0 on: 10", "Train 1 up of row 1 on: 8 6",
                "Train 1 home of row 0 on: 10", "Train 1 home of row 1 on: 8 6",
            ],
            defence.Asked);
    }

    [Fact]
    public async Task Validation_and_answers_send_only_what_the_defence_gives()
    {
        var defence = new ZeroDefence();
        using var optimizer = new StageOptimizer(_stages.Middle.Parameters, new OptimizerSettings { LearningRate = 1 }, 1);
        using var worker = new MiddleWorker(_stages.Middle, optimizer, _lane);
        using var cached = new LocalCachedMiddle(_stages.Middle, _lane);
        var sent = new SentMiddle(new LocalMiddle(worker), cached);

        await new ValidationLoss(_stages.Client, sent, _lane) { Defence = defence }.MeasureAsync([new([1, 2, 3], [1, 2, 3]), new([4, 5], [4, 5])], batchSize: 1, default);
        using var decoder = new SplitDecoder(_stages.Client, sent, _lane) { Defence = defence };
        await decoder.PrefillAsync([[1, 2, 3], [4, 5]], default);
        await decoder.DecodeAsync([6, 7], [0, 1], default);
        await decoder.JudgeAsync([[8, 9, 10]], [1], default);

        Assert.Equal(5, sent.Sent.Count);
        Assert.All(sent.Sent, values => Assert.All(values, value => Assert.Equal(0, value)));
        Assert.Equal(
            [
                "Validate 0 hidden of row 0 on: 3", "Validate 0 hidden of row 1 on: 2", "Generate 0 hidden of row 0 on: 3 2",
                "Generate 0 hidden of row 0 on: 1 1", "Generate 0 hidden of row 0 on: 2",
            ],
            defence.Asked);
    }

    /// <summary>A token that follows from answers is read as it is: what it follows from has been replaced.</summary>
    [Fact]
    public async Task Training_validation_prompts_and_judged_tokens_are_read_as_the_defence_says_and_written_ones_as_they_are()
    {
        var replaced = await SendAllAsync(new ZeroDefence { IsOff = true, Shift = 1 }, shift: 0);
        var given = await SendAllAsync(new ZeroDefence { IsOff = true }, shift: 1);

        Assert.Equal(given.Count, replaced.Count);
        Assert.All(given.Zip(replaced), pair => Assert.Equal(pair.First, pair.Second));

        async Task<List<float[]>> SendAllAsync(ZeroDefence defence, int shift)
        {
            using var own = new StageOptimizer(_stages.Client.Parameters, new OptimizerSettings { LearningRate = 0 }, 1);
            using var optimizer = new StageOptimizer(_stages.Middle.Parameters, new OptimizerSettings { LearningRate = 0 }, 1);
            using var worker = new MiddleWorker(_stages.Middle, optimizer, _lane);
            using var cached = new LocalCachedMiddle(_stages.Middle, _lane);
            var sent = new SentMiddle(new LocalMiddle(worker), cached);
            var row = new Example([1 + shift, 2 + shift, 3 + shift], [1, 2, 3]);
            await new SplitTrainer(_stages.Client, sent, own, _lane) { Defence = defence }.StepAsync(BatchCollator.Collate([row]), default);
            await new ValidationLoss(_stages.Client, sent, _lane) { Defence = defence }.MeasureAsync([row], batchSize: 1, default);
            using var decoder = new SplitDecoder(_stages.Client, sent, _lane) { Defence = defence };
            await decoder.PrefillAsync([[1 + shift, 2 + shift, 3 + shift], [4 + shift, 5 + shift]], default);
            await decoder.DecodeAsync([6, 7], [1, 0], default);
            await decoder.JudgeAsync([[8 + shift, 9 + shift, 10], [11 + shift, 12]], [1, 0], default);
            return sent.Sent;
        }
    }

    /// <summary>The second row has one target or two; the first row's gradient says so only where the loss is the mean over all targets.</summary>
    [Fact]
    public void Where_a_row_s_loss_is_its_own_mean_its_gradient_depends_on_no_other_row()
    {
        Assert.Equal(FirstRow(Example.Ignored, rowMeans: true), FirstRow(3, rowMeans: true));
        Assert.NotEqual(FirstRow(Example.Ignored, rowMeans: false), FirstRow(3, rowMeans: false));

        float[] FirstRow(int label, bool rowMeans)
        {
            var batch = BatchCollator.Collate([new([1, 2, 3, 4], [1, 2, 3, 4]), new([5, 6, 3], [Example.Ignored, 6, label])]);
            using var hidden = linspace(-1, 1, 2 * 4 * 16).view(2, 4, 16);
            using var pass = _stages.Client.Tail.Forward(hidden, batch, PassMode.Train, rowMeans);
            using var gradient = pass.Backward();
            using var first = gradient!.select(0, 0).contiguous();
            return first.data<float>().ToArray();
        }
    }

    /// <summary>1e-6 of the largest: the parts are added in another order.</summary>
    [Fact]
    public async Task A_step_in_parts_sends_the_gradients_of_the_whole_step_also_where_rows_have_means_of_their_own()
    {
        var whole = await StepAsync(new ZeroDefence { UsesRowMeans = true, IsOff = true }, microBatches: 1, rate: 0);
        var parts = await StepAsync(new ZeroDefence { UsesRowMeans = true, IsOff = true }, microBatches: 3, rate: 0);

        Assert.Equal((2, 6), (whole.Count, parts.Count));
        for (var row = 0; row < 3; row++)
        {
            var expected = whole[1][(row * 10 * 16)..((row * 10 * 16) + parts[3 + row].Length)];
            Assert.All(expected.Zip(parts[3 + row]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * expected.Max(Math.Abs)));
        }
    }

    /// <returns>what was sent: all hidden states, then all gradients</returns>
    private async Task<List<float[]>> StepAsync(ZeroDefence defence, int microBatches, double rate = 1)
    {
        var descent = new OptimizerSettings { Name = OptimizerName.Sgd, LearningRate = rate };
        using var own = new StageOptimizer(_stages.Client.Parameters, descent, 1);
        using var optimizer = new StageOptimizer(_stages.Middle.Parameters, descent, 1);
        using var worker = new MiddleWorker(_stages.Middle, optimizer, _lane);
        var sent = new SentMiddle(new LocalMiddle(worker), cached: null);
        await new SplitTrainer(_stages.Client, sent, own, _lane) { MicroBatches = microBatches, Defence = defence }.StepAsync(TinyBatch.Create(vocabulary: 32), default);
        return sent.Sent;
    }

    /// <summary>Records what it is sent.</summary>
    private sealed class SentMiddle(IMiddle middle, ICachedMiddle? cached) : IMiddle, ICachedMiddle
    {
        public List<float[]> Sent { get; } = [];

        public (long Up, long Down) Traffic => middle.Traffic;

        public ValueTask DropStepAsync() => middle.DropStepAsync();

        public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
        {
            Record(hidden);
            return new SentPass(this, await middle.ForwardAsync(hidden, layout, mode, ct));
        }

        public ValueTask<Tensor> PrefillAsync(Tensor hidden, SequenceLayout layout, CancellationToken ct)
        {
            Record(hidden);
            return cached!.PrefillAsync(hidden, layout, ct);
        }

        public ValueTask<Tensor> DecodeAsync(Tensor hidden, IReadOnlyList<int> rows, IReadOnlyList<int>? lengths, CancellationToken ct)
        {
            Record(hidden);
            return cached!.DecodeAsync(hidden, rows, lengths, ct);
        }

        private void Record(Tensor tensor) => Sent.Add(tensor.detach().contiguous().data<float>().ToArray());

        private sealed class SentPass(SentMiddle sent, IMiddlePass pass) : IMiddlePass
        {
            public Tensor Output => pass.Output;

            public StepTimings Seconds => pass.Seconds;

            public ValueTask<Tensor> BackwardAsync(Tensor gradient, StepTerms terms, CancellationToken ct)
            {
                sent.Record(gradient);
                return pass.BackwardAsync(gradient, terms, ct);
            }

            public ValueTask DisposeAsync() => pass.DisposeAsync();
        }
    }
}
