using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Noise;
using FlGlm.Privacy.Settings;
using FlGlm.Privacy.Tests.Noise;

namespace FlGlm.Privacy.Tests.Defences;

public sealed class DefenceChangeTests : IDisposable
{
    private static readonly PrivacySettings Began = new()
    {
        Hidden = new HiddenDefenceSettings { Clip = 3, Noise = 0.05 },
        NoPeek = 0.5,
        LengthBuckets = [16],
    };

    private readonly DefendedRun _run = new() { LengthBuckets = [16] };

    public static TheoryData<string, PrivacySettings?> Changes => new()
    {
        { "privacy.hidden.noise", Began with { Hidden = Began.Hidden with { Noise = 0.04 } } },
        { "privacy.hidden.distribution", Began with { Hidden = Began.Hidden with { Distribution = NoiseDistribution.Laplace } } },
        { "privacy.gradient.clip", Began with { Gradient = new GradientDefenceSettings { Clip = 1 } } },
        { "privacy.secret_order", Began with { SecretOrder = false } },
        { "privacy.no_peek", Began with { NoPeek = 0 } },
        { "privacy.tokens.epsilon", Began with { Tokens = new TokenDefenceSettings { Epsilon = 9 } } },
        { "privacy.length_buckets", Began with { LengthBuckets = [16, 32] } },
        { "privacy.delta", Began with { Delta = 1e-6 } },
        { "privacy.hidden.clip", null },
    };

    public void Dispose() => _run.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_run_that_goes_on_with_other_settings_is_refused(string key, PrivacySettings? changed)
    {
        await _run.TrainAsync(_run.Open(Began), "checkpoints", stopAfter: 3);

        var refused = await _run.TrainAsync(changed is null ? null : _run.Open(changed), "checkpoints", resume: true);
        var resumed = await _run.TrainAsync(_run.Open(Began), "checkpoints", resume: true);

        var problems = Assert.IsType<ConfigurationException>(refused.Failure).Problems;
        Assert.Contains(problems, problem => problem.Key == key && problem.Message.Contains("when the run began", StringComparison.Ordinal));
        Assert.True(problems.Count == 1 || changed is null);
        Assert.Empty(refused.Losses);
        Assert.Null(resumed.Failure);
        Assert.NotEmpty(resumed.Losses);
    }

    [Fact]
    public async Task A_run_that_began_without_a_defence_goes_on_without_one_and_one_with_a_secret_with_the_same()
    {
        await _run.TrainAsync(defence: null, "plain", stopAfter: 3);
        await _run.TrainAsync(_run.Open(Began), "checkpoints", stopAfter: 3);

        var defended = await _run.TrainAsync(_run.Open(new PrivacySettings { NoPeek = 1 }), "plain", resume: true);
        var plain = await _run.TrainAsync(defence: null, "plain", resume: true);
        var other = await _run.TrainAsync(_run.Open(Began, "other"), "checkpoints", resume: true);

        Assert.Equal("privacy.no_peek", Assert.Single(Assert.IsType<ConfigurationException>(defended.Failure).Problems).Key);
        Assert.Null(plain.Failure);
        Assert.Equal("privacy/noise.secret", Assert.Single(Assert.IsType<ConfigurationException>(other.Failure).Problems).Key);
    }

    [Theory]
    [InlineData("8", "8", true)]
    [InlineData("8", "9.5", true)]
    [InlineData("8", "7", false)]
    [InlineData("8", null, false)]
    [InlineData(null, "8", false)]
    public void A_budget_may_grow_and_nothing_else(string? began, string? now, bool isAllowed)
    {
        var error = Record.Exception(() => DefenceChange.Expect(Of(began), Of(now)));

        Assert.Equal(isAllowed, error is null);
        Assert.True(isAllowed || error is ConfigurationException { Problems: [{ Key: "privacy.budget" }] });

        static Dictionary<string, string> Of(string? budget) => budget is null ? [] : new() { ["privacy.budget"] = budget };
    }
}
