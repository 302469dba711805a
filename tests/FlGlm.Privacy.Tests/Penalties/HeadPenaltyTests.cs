using System.Globalization;
using System.Text.RegularExpressions;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Settings;
using FlGlm.Privacy.Tests.Noise;

namespace FlGlm.Privacy.Tests.Penalties;

public sealed partial class HeadPenaltyTests : IDisposable
{
    private readonly DefendedRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("distance correlation")]
    [InlineData("RV coefficient")]
    public async Task The_head_learns_to_depend_less_on_its_tokens(string measure)
    {
        using var run = new DefendedRun { Plan = _run.Plan with { Training = _run.Plan.Training with { Steps = 60 } } };
        var (strong, weak) = (await AtLastAsync(weight: 20), await AtLastAsync(weight: 1e-9));

        Assert.True(strong < weak - 0.02, $"{strong} and {weak}");

        async Task<double> AtLastAsync(double weight)
        {
            var settings = measure == "RV coefficient" ? new PrivacySettings { Decorrelation = weight } : new PrivacySettings { NoPeek = weight };
            var trained = await run.TrainAsync(run.Open(settings));
            Assert.Null(trained.Failure);
            var line = Assert.Single(trained.Notes, note => note.Contains(measure, StringComparison.Ordinal));
            return double.Parse(Numbers().Matches(line)[^1].Value, CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task The_penalty_is_the_mean_over_the_rows_of_a_step_however_it_is_cut()
    {
        var settings = new PrivacySettings { NoPeek = 2, Decorrelation = 3 };
        using var cut = new DefendedRun { Plan = _run.Plan with { Training = _run.Plan.Training with { BatchSize = 1, Accumulate = 2 } } };

        var (whole, parts, without) = (await _run.TrainAsync(_run.Open(settings)), await cut.TrainAsync(cut.Open(settings)), await _run.TrainAsync(defence: null));

        Assert.Equal(9, parts.Losses.Count);
        Assert.All(whole.Losses.Zip(parts.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Contains(whole.Losses.Zip(without.Losses), pair => Math.Abs(pair.First - pair.Second) > 1e-3);
    }

    [Theory]
    [InlineData("no_peek")]
    [InlineData("decorrelation")]
    public async Task A_head_that_does_not_train_is_refused_before_anything_leaves(string key)
    {
        using var run = new DefendedRun { Plan = DefendedRun.Frozen(_run.Plan) };

        var refused = await run.TrainAsync(run.Open(key == "no_peek" ? new PrivacySettings { NoPeek = 1 } : new PrivacySettings { Decorrelation = 1 }));

        Assert.Equal($"privacy.{key}", Assert.Single(Assert.IsType<ConfigurationException>(refused.Failure).Problems).Key);
        Assert.Empty(refused.Losses);
    }

    [Fact]
    public void A_negative_weight_is_refused() =>
        Assert.Equal(["no_peek", "decorrelation"], new PrivacySettings { NoPeek = -1, Decorrelation = double.NaN }.Validate().Select(problem => problem.Key));

    [GeneratedRegex(@"\d\.\d+")]
    private static partial Regex Numbers();
}
