using FlGlm.Client.Data;
using FlGlm.Client.Tests.Training;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Defences;

public sealed class RowGradientTests : IDisposable
{
    private const double NoLimit = 1e9;

    /// <summary>So large that what a step takes from a parameter has all digits of its gradient.</summary>
    private const double Rate = 1e6;

    private static readonly int[][] Rows = [[1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15, 16], [17, 18, 19, 20]];
    private readonly TempFolder _folder = new();
    private readonly ComputeLane _lane = new("local");

    public void Dispose()
    {
        _lane.Dispose();
        _folder.Dispose();
    }

    /// <summary>1e-6 of the largest: rows are added in another order.</summary>
    [Theory]
    [InlineData(PeftMethod.Lora, 4, 1, null)]
    [InlineData(PeftMethod.Lora, 3, 2, null)]
    [InlineData(PeftMethod.Lora, 3, 1, 9)]
    [InlineData(PeftMethod.PTuningV2, 4, 2, null)]
    [InlineData(PeftMethod.None, 2, 1, null)]
    public async Task Where_no_row_reaches_its_clip_gradients_are_those_of_rows_that_are_computed_together(PeftMethod method, int batchSize, int microBatches, int? bucket)
    {
        var together = await ChangeAsync(method, new ZeroDefence { IsOff = true, UsesRowMeans = true }, batchSize, microBatches, bucket: bucket);
        var byRow = await ChangeAsync(method, new ZeroDefence { IsOff = true, UsesRowMeans = true, RowGradientClip = NoLimit }, batchSize, microBatches, bucket: bucket);

        Assert.Equal(together.Loss, byRow.Loss, 1e-6f);
        Assert.Equal(together.Change.Length, byRow.Change.Length);
        var limit = 1e-6f * together.Change.Max(Math.Abs);
        Assert.All(together.Change.Zip(byRow.Change), pair => Assert.Equal(pair.First, pair.Second, limit));
        Assert.True(limit > 0);
    }

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.PTuningV2)]
    public async Task A_row_s_gradient_of_head_and_tail_together_is_within_its_clip(PeftMethod method)
    {
        foreach (var row in Rows)
        {
            var whole = Norm(await SumAsync(method, NoLimit, [row]));
            foreach (var clip in new[] { whole / 100, whole / 2, whole * 2 })
                Assert.InRange(Norm(await SumAsync(method, clip, [row])), 0.9999 * Math.Min(clip, whole), clip);
        }
    }

    [Fact]
    public async Task A_replaced_row_moves_the_sum_by_twice_the_clip_at_most()
    {
        int[][] replaced = [Rows[0], [21, 22, 23, 24], Rows[2], Rows[3]];
        var distance = Distance(await SumAsync(PeftMethod.Lora, NoLimit, Rows), await SumAsync(PeftMethod.Lora, NoLimit, replaced));
        var clip = distance / 20;

        Assert.InRange(Distance(await SumAsync(PeftMethod.Lora, clip, Rows), await SumAsync(PeftMethod.Lora, clip, replaced)), clip / 100, 2 * clip);
    }

    /// <summary>Its row is a pass of one, whose gradient is 0.</summary>
    [Fact]
    public async Task A_row_without_a_target_adds_nothing()
    {
        var silent = new Example([7, 8, 9], [Example.Ignored, Example.Ignored, Example.Ignored]);
        var with = await SumAsync(PeftMethod.Lora, NoLimit, [.. ExamplesOf([Rows[0]]), silent]);
        var without = await SumAsync(PeftMethod.Lora, NoLimit, ExamplesOf([Rows[0]]));

        Assert.InRange(Distance(with, without), 0, 1e-6 * Norm(without));
    }

    private static Example[] ExamplesOf(int[][] rows) => [.. rows.Select(ids => new Example(ids, ids))];

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));

    private static double Distance(float[] one, float[] other) => Norm([.. one.Zip(other, (first, second) => first - second)]);

    private Task<float[]> SumAsync(PeftMethod method, double clip, int[][] rows) => SumAsync(method, clip, ExamplesOf(rows));

    /// <returns>what noise would be added to</returns>
    private async Task<float[]> SumAsync(PeftMethod method, double clip, Example[] rows)
    {
        var defence = new ZeroDefence { IsOff = true, UsesRowMeans = true, RowGradientClip = clip };
        await ChangeAsync(method, defence, batchSize: 4, microBatches: 1, rows);
        return Assert.Single(defence.Sums);
    }

    /// <returns>the loss of one step, and what descent has taken from the parameters of head and tail, which is in the proportion of their gradients</returns>
    private async Task<(float Loss, float[] Change)> ChangeAsync(PeftMethod method, ZeroDefence defence, int batchSize, int microBatches, Example[]? rows = null, int? bucket = null)
    {
        using var stages = ThreeStages.Open(TinyRun.Model.Write(_folder.At($"model-{Guid.NewGuid():N}")), new PeftSettings { Method = method, Prefix = new PrefixSettings { Length = 3 } });
        using (no_grad())
        {
            foreach (var parameter in stages.Parameters.Where(parameter => parameter.Name.EndsWith("lora_B.weight", StringComparison.Ordinal)))
                parameter.Value.fill_(0.05);
        }

        var descent = new OptimizerSettings { Name = OptimizerName.Sgd, LearningRate = Rate };
        using var own = new StageOptimizer(stages.Client.Parameters, descent, 1);
        using var optimizer = new StageOptimizer(stages.Middle.Parameters, descent with { LearningRate = 0 }, 1);
        using var worker = new MiddleWorker(stages.Middle, optimizer, _lane);
        var before = TinyTrainer.Values(stages.Client.Parameters);
        var trainer = new SplitTrainer(stages.Client, new LocalMiddle(worker), own, _lane) { BatchSize = batchSize, MicroBatches = microBatches, Defence = defence };
        var result = await trainer.StepAsync(BatchCollator.Collate(rows ?? ExamplesOf(Rows), buckets: bucket is { } length ? [length] : null), default);
        var after = TinyTrainer.Values(stages.Client.Parameters);
        return (result.Loss, [.. before.SelectMany(values => values.Value.Zip(after[values.Key], (old, changed) => old - changed))]);
    }
}
