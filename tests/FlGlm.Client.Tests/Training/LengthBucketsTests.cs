using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

public sealed class LengthBucketsTests : IDisposable
{
    private static readonly int[] Buckets = [8, 16, 32];
    private readonly TempFolder _folder = new();

    /// <summary>ChatGLM3 has the blocks of ChatGLM2.</summary>
    public static TheoryData<TinyModel> Models => [new TinyLlama(), new TinyChatGlm(), new TinyChatGlm2()];

    public void Dispose() => _folder.Dispose();

    /// <summary>1e-5: sums over more positions are added in another order.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public async Task Losses_are_those_of_rows_that_are_not_padded(TinyModel model)
    {
        var path = model.Write(_folder.At(Guid.NewGuid().ToString("N")));

        var (plain, padded) = (await RunAsync(path, []), await RunAsync(path, Buckets));

        Assert.Equal(8, plain.Count);
        Assert.All(plain.Zip(padded), pair =>
        {
            Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-5f);
            Assert.Equal(pair.First.Tokens, pair.Second.Tokens);
        });
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_validation_loss_is_that_of_rows_that_are_not_padded(TinyModel model)
    {
        using var stages = ThreeStages.Open(model.Write(_folder.At(Guid.NewGuid().ToString("N"))), new PeftSettings());
        using var lane = new ComputeLane("local");
        using var optimizer = new StageOptimizer(stages.Middle.Parameters, new OptimizerSettings { LearningRate = 1 }, 1);
        using var worker = new MiddleWorker(stages.Middle, optimizer, lane);

        Assert.Equal(await MeasureAsync([]), await MeasureAsync(Buckets), 1e-5);

        async Task<double> MeasureAsync(int[] buckets) =>
            (await new ValidationLoss(stages.Client, new LocalMiddle(worker), lane) { LengthBuckets = buckets }.MeasureAsync(Rows(), batchSize: 3, default)).Loss;
    }

    [Fact]
    public void A_row_leaves_with_the_first_bucket_that_holds_it_and_keeps_its_own_tokens()
    {
        Example[] rows = [Row(8), Row(9), Row(3)];

        var batch = BatchCollator.Collate(rows, buckets: Buckets);
        var part = batch.Cut(batchSize: 1, microBatches: 1).ElementAt(2)[0];

        Assert.Equal([8, 16, 8], batch.Layout.Lengths);
        Assert.Equal([8, 9, 3], batch.Lengths);
        Assert.Equal((20, 16), (batch.Tokens, batch.Length));
        Assert.Equal(7 + 8 + 2, batch.LabelCount);
        Assert.Equal(8, Assert.Single(part.Layout.Lengths));
        Assert.Equal((3, 8), (Assert.Single(part.Lengths), part.Length));
        Assert.Equal([1, 2, 3, 0, 0, 0, 0, 0], part.Ids);
        Assert.Equal([1, 2, 3, Example.Ignored, Example.Ignored, Example.Ignored, Example.Ignored, Example.Ignored], part.Labels);

        static Example Row(int length) => new([.. Enumerable.Range(1, length)], [.. Enumerable.Range(1, length)]);
    }

    [Theory]
    [InlineData(16, "the longest row has 21 tokens")]
    [InlineData(256, "the model has 128 positions")]
    public async Task Buckets_that_hold_no_row_of_the_data_or_no_position_of_the_model_are_refused(int largest, string problem)
    {
        var path = new TinyLlama().Write(_folder.At("model"));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync(path, [8, largest]));

        Assert.Equal("privacy.length_buckets", Assert.Single(error.Problems).Key);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forecast_counts_the_bytes_of_buckets()
    {
        var path = new TinyLlama().Write(_folder.At("model"));

        var (plain, padded) = (TrainingForecast.Of(Options(path, []), isSealed: false), TrainingForecast.Of(Options(path, [32]), isSealed: false));

        Assert.Equal(plain.Tokens, padded.Tokens);
        Assert.True(padded.BytesUp > 1.5 * plain.BytesUp);
    }

    private static async Task<List<StepReport>> RunAsync(string model, int[] buckets)
    {
        var steps = new List<StepReport>();
        await foreach (var happened in new LocalTrainer(Options(model, buckets)).RunAsync())
        {
            if (happened is StepReport step)
                steps.Add(step);
        }

        return steps;
    }

    /// <summary>Rows of 7 to 21 tokens, whose answers alone are learnt; all have the marks that a ChatGLM-6B needs.</summary>
    private static TrainerOptions Options(string model, int[] buckets) => new()
    {
        Model = model, Examples = Rows(), LengthBuckets = buckets, Compute = new ComputeSettings { Threads = 1 },
        Plan = new RunPlan
        {
            Peft = new PeftSettings { Lora = new LoraSettings { Rank = 2 } },
            Training = new TrainingSettings { Steps = 8, BatchSize = 3, MicroBatches = 2 },
        },
    };

    private static Example[] Rows()
    {
        var random = new Random(3);
        return
        [
            .. Enumerable.Range(0, 8).Select(row =>
            {
                int[] context = [.. Enumerable.Range(0, 3 + row).Select(_ => random.Next(1, 60))];
                int[] ids = [.. context, 61, 62, .. Enumerable.Range(0, 1 + row).Select(_ => random.Next(1, 60)), 63];
                return Example.WithTargets(ids, ids.Length - context.Length - 2);
            }),
        ];
    }
}
