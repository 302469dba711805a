using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Reports;
using FlGlm.Privacy.Settings;
using FlGlm.Privacy.Tap;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Reports;

public sealed class LeakageRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static ClientOptions Options => new()
    {
        Model = RepositoryFolder.At("demo", "model"),
        Plan = new RunPlan { Training = new TrainingSettings { Steps = 2, BatchSize = 4 }, Split = new SplitSettings { Head = 0, Tail = 1 } },
        Data = new DataSettings { Train = [RepositoryFolder.At("demo", "data", "harbour.jsonl")], Validation = ["0.02"], MaxLength = 128 },
        Compute = new ComputeSettings { Threads = 1 },
    };

    public void Dispose() => _folder.Dispose();

    /// <summary>The order of the rows and the samples of steps come from the client's secret, rows leave longer than they are, and the score must follow.</summary>
    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task The_embedding_alone_is_read_also_in_a_secret_order_and_no_more_under_strong_noise()
    {
        double[] found =
        [
            .. await Task.WhenAll(
                NearestAsync("bare", new PrivacySettings()),
                NearestAsync("order", new PrivacySettings { SecretOrder = true }),
                NearestAsync("samples", new PrivacySettings { SecretOrder = true, LengthBuckets = [64, 128] }, DataSampler.Subsample),
                NearestAsync("noise", Noise)),
        ];

        Assert.Equal([1, 1, 1], found[..3]);
        Assert.InRange(found[3], 0, 0.3);
    }

    /// <summary>With one block in the tail, the norms of the gradient's rows say nothing of where loss is taken under strong noise, and nearly all without.</summary>
    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task Where_loss_is_taken_is_at_chance_under_noise_on_the_gradients()
    {
        var areas = await Task.WhenAll(SupportAsync("plain", new PrivacySettings()), SupportAsync("noisy", new PrivacySettings { Gradient = new GradientDefenceSettings { Clip = 0.01, Noise = 1 }, SecretOrder = false }));

        Assert.True(areas[0].Interval!.Low > 0.9, $"{areas[0]}");
        Assert.InRange(0.5, areas[1].Interval!.Low, areas[1].Interval!.High);
    }

    [Fact]
    public async Task A_client_that_fails_ends_the_server_too()
    {
        var run = new LeakageRun(Options with { Data = Options.Data with { Train = [_folder.At("nothing.jsonl")] } }, new PrivacySettings(), _folder.At("failed"));

        Assert.Contains("nothing.jsonl", (await Assert.ThrowsAnyAsync<FlGlmException>(() => run.RecordAsync(TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    private static PrivacySettings Noise => new() { Hidden = new HiddenDefenceSettings { Clip = 40, Noise = 1 } };

    private async Task<RocArea> SupportAsync(string name, PrivacySettings privacy)
    {
        var plan = Options.Plan with { Split = new SplitSettings(), Training = Options.Plan.Training with { Steps = 4 } };
        var run = new LeakageRun(Options with { Plan = plan }, privacy, _folder.At(name));
        await run.RecordAsync(TestContext.Current.CancellationToken);
        using var data = Dataset.Load(Options.Data, Options.Model, int.MaxValue);
        using var gradient = ObservedRows.Of(Recording.Open(run.Recording), "client", PassChannel.GradientUp, PassTruth.Of(data.Train, plan, plan.Training.Steps));
        return GradientSupport.Measure(gradient).Area;
    }

    private async Task<double> NearestAsync(string name, PrivacySettings privacy, DataSampler sampler = DataSampler.Epochs)
    {
        var run = new LeakageRun(Options with { Data = Options.Data with { Sampler = sampler } }, privacy, _folder.At(name));
        var utility = await run.RecordAsync(TestContext.Current.CancellationToken);
        var report = run.Attack([RepositoryFolder.At("demo", "data", "garden.jsonl")], rows: 4, new AttackSettings { Steps = 1, BatchSize = 4, Width = 8 }, ct: TestContext.Current.CancellationToken);

        Assert.InRange(utility.ValidationLoss!.Value, 1, 10);
        return report.Results[0].Scores.Top1;
    }
}
