using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Settings;

namespace FlGlm.Privacy.Tests.Noise;

/// <summary>Runs of nine steps of one of six rows, drawn anew for each step.</summary>
public sealed class SampledRunTests
{
    private const double Delta = 1e-5;

    private static readonly RunPlan Plan = new DefendedRun().Plan with { Training = new TrainingSettings { Steps = 9, BatchSize = 1 } };

    private static readonly PrivacySettings Noisy = new()
    {
        Hidden = new HiddenDefenceSettings { Clip = 3, Noise = 12 },
        Gradient = new GradientDefenceSettings { Clip = 0.5, Noise = 14 },
        Adapters = new AdapterDefenceSettings { Clip = 0.5, Noise = 16 },
    };

    /// <summary>Rows of one length, or of other lengths in one bucket.</summary>
    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 9)]
    public async Task Steps_whose_rows_nobody_can_tell_count_as_samples(int longer, int? bucket)
    {
        using var run = new DefendedRun { Plan = Plan, Sampler = DataSampler.Subsample, Longer = longer, LengthBuckets = bucket is { } length ? [length] : [] };

        var trained = await run.TrainAsync(run.Open(Noisy));

        Assert.Null(trained.Failure);
        Assert.Equal(Enumerable.Range(1, 9).Select(steps => (double?)Epsilon(steps, 1)), trained.Epsilons);
        Assert.Contains(trained.Notes, note => note.Contains("9 secret samples of 1 of 6 rows", StringComparison.Ordinal));
    }

    /// <summary>Rows of other lengths, or an order that the server knows, show which rows a step has: then the most-used row's releases count.</summary>
    [Theory]
    [InlineData(1, true, "can tell apart")]
    [InlineData(0, false, "training.seed tells")]
    public async Task Samples_that_the_server_knows_count_as_releases_of_their_rows(int longer, bool secretOrder, string reason)
    {
        using var run = new DefendedRun { Plan = Plan, Sampler = DataSampler.Subsample, Longer = longer };
        var defence = run.Open(Noisy with { SecretOrder = secretOrder });

        var trained = await run.TrainAsync(defence);

        var possible = Enumerable.Range(2, 8).Select(uses =>
        {
            var accountant = new RenyiAccountant();
            accountant.AddGaussian(12, uses);
            accountant.AddGaussian(14, uses);
            accountant.AddGaussian(16, uses);
            return accountant.Epsilon(Delta);
        });
        Assert.Contains(possible, epsilon => Math.Abs(epsilon - trained.Epsilons[^1]!.Value) < 1e-9);
        Assert.Contains(trained.Notes, note => note.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_resumed_run_is_the_run_that_was_not_stopped_and_ends_before_its_budget_is_exceeded()
    {
        using var run = new DefendedRun { Plan = Plan, Sampler = DataSampler.Subsample, Longer = 0 };
        var whole = await run.TrainAsync(run.Open(Noisy, "one"));
        Directory.CreateDirectory(run.Folder("two"));
        File.Copy(Path.Combine(run.Folder("one"), PrivacyDefence.SecretName), Path.Combine(run.Folder("two"), PrivacyDefence.SecretName));
        var budget = Noisy with { Budget = Epsilon(6, 1) };

        var stopped = await run.TrainAsync(run.Open(budget, "two"), "checkpoints", stopAfter: 3);
        var ended = await run.TrainAsync(run.Open(budget, "two"), "checkpoints", resume: true);
        var finished = await run.TrainAsync(run.Open(budget with { Budget = 2 * Epsilon(9, 1) }, "two"), "checkpoints", resume: true);

        Assert.Null(stopped.Failure);
        Assert.Equal(6, stopped.Losses.Count + ended.Losses.Count);
        Assert.Equal(Epsilon(6, 1), Assert.IsType<BudgetException>(ended.Failure).Spent, 1e-12);
        Assert.Equal(whole.Losses, [.. stopped.Losses, .. ended.Losses, .. finished.Losses]);
        Assert.Equal(whole.Adapter, finished.Adapter);
        Assert.Equal(whole.Epsilons[^1]!.Value, finished.Epsilons[^1]!.Value, 1e-12);
    }

    /// <summary>The same secret and folder: the second run takes the same steps again, whose samples are those of the first.</summary>
    [Fact]
    public async Task Steps_that_are_taken_again_release_their_samples_again()
    {
        using var run = new DefendedRun { Plan = Plan, Sampler = DataSampler.Subsample, Longer = 0 };

        await run.TrainAsync(run.Open(Noisy));
        var again = await run.TrainAsync(run.Open(Noisy));

        Assert.Equal(Epsilon(9, 2), again.Epsilons[^1]!.Value, 1e-12);
        Assert.True(Epsilon(9, 2) > Epsilon(9, 1));
    }

    private static double Epsilon(int steps, int times)
    {
        double Releases(double order) => times * new[] { 12, 14, 16 }.Sum(noise => RenyiDivergence.Gaussian(order, noise / 2.0));
        var accountant = new RenyiAccountant();
        accountant.AddSubsampled(new SubsampledDivergence(1 / 6.0, Releases), steps);
        return accountant.Epsilon(Delta);
    }
}
