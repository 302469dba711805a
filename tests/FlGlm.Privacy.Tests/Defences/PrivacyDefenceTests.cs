using FlGlm.Core.Configuration;
using FlGlm.Privacy.Settings;
using FlGlm.Privacy.Tests.Noise;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Defences;

public sealed class PrivacyDefenceTests
{
    /// <summary>The buckets are padding alone, which changes nothing but the order of sums.</summary>
    [Theory]
    [InlineData(StrategyName.Serial, PeftMethod.Lora)]
    [InlineData(StrategyName.Serial, PeftMethod.PTuningV2)]
    [InlineData(StrategyName.ClientBatch, PeftMethod.Lora)]
    [InlineData(StrategyName.ClientBatch, PeftMethod.PTuningV2)]
    [InlineData(StrategyName.ServerHierarchical, PeftMethod.Lora)]
    [InlineData(StrategyName.ServerHierarchical, PeftMethod.PTuningV2)]
    public async Task Penalties_replaced_tokens_and_buckets_work_with_every_strategy(StrategyName strategy, PeftMethod method)
    {
        Assert.SkipUnless(method == PeftMethod.Lora || strategy == StrategyName.Serial || TestScope.IsAll, TestScope.OnlyInAll);
        using var run = new DefendedRun { Plan = Plan(strategy, method) };
        using var padded = new DefendedRun { Plan = Plan(strategy, method), LengthBuckets = [6, 12] };
        var plain = await run.SplitAsync(null, null);
        PrivacySettings[] settings =
        [
            new() { NoPeek = 5 }, new() { Decorrelation = 5 }, new() { Tokens = new TokenDefenceSettings { Epsilon = 3 } },
            new()
            {
                Hidden = new HiddenDefenceSettings { Clip = 3, Noise = 0.05 }, Gradient = new GradientDefenceSettings { Clip = 0.5, Noise = 0.05 },
                NoPeek = 5, Decorrelation = 5, Tokens = new TokenDefenceSettings { Epsilon = 3 },
            },
        ];
        foreach (var (number, each) in settings.Index())
        {
            foreach (var (without, with) in plain.Zip(await run.SplitAsync(run.Open(each, $"one-{number}"), run.Open(each, $"two-{number}"))))
            {
                Assert.Null(with.Failure);
                Assert.Equal(without.Losses.Count, with.Losses.Count);
                Assert.NotEqual(without.Adapter, with.Adapter);
                Assert.All(with.Losses, loss => Assert.True(float.IsFinite(loss)));
            }
        }

        foreach (var (without, with) in plain.Zip(await padded.SplitAsync(null, null)))
        {
            Assert.Null(with.Failure);
            Assert.All(without.Losses.Zip(with.Losses, (first, second) => (first, second)), pair => Assert.Equal(pair.first, pair.second, 1e-5f));
        }
    }

    [Fact]
    public async Task What_is_off_makes_no_secret_and_says_nothing()
    {
        using var run = new DefendedRun();
        var defence = run.Open(new PrivacySettings());

        var trained = await run.TrainAsync(defence);

        Assert.Empty(defence.Settings);
        Assert.DoesNotContain(trained.Notes, note => note.StartsWith("privacy:", StringComparison.Ordinal));
        Assert.False(Directory.Exists(run.Folder("privacy")));
    }

    private static RunPlan Plan(StrategyName strategy, PeftMethod method) => new()
    {
        Peft = new PeftSettings { Method = method, Lora = new LoraSettings { Rank = 2 }, Prefix = new PrefixSettings { Length = 3 } },
        Training = new TrainingSettings { Strategy = strategy, Steps = 3, BatchSize = 2, AveragePeriod = 3 },
    };
}
