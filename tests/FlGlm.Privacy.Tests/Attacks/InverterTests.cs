using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Tap;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Attacks;

/// <summary>Attacks on vectors of a tiny model, whose rows are random.</summary>
public sealed class InverterTests : IDisposable
{
    private static readonly TinyLlama Model = new() { Hidden = 16, Vocabulary = 32, MaxPositions = 64 };
    private static readonly SplitSettings OneBlock = new() { Head = 1, Tail = 1 };
    private readonly TempFolder _folder = new();
    private readonly PublicModel _model;

    public InverterTests() => _model = new PublicModel(Model.Write(_folder.At("model")));

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_nearest_neighbour_reads_every_token_at_the_naked_boundary()
    {
        var naked = new SplitSettings { Head = 0, Tail = 1 };
        using var observed = _model.Shadow(Rows(1), naked, PassChannel.HiddenUp);

        var result = new AttackRun(_model, Rows(2), naked, 16).Nearest(PassChannel.HiddenUp, observed);

        Assert.Equal((1.0, 1.0), (result.Scores.Top1, result.Scores.ExactRows));
        Assert.True(result.PositiveHolds);
        Assert.True(result.NegativeHolds);
    }

    [Theory]
    [InlineData(InverterKind.Linear, InverterStart.Pretrained)]
    [InlineData(InverterKind.Linear, InverterStart.Random)]
    [InlineData(InverterKind.Gru, InverterStart.Random)]
    [InlineData(InverterKind.Transformer, InverterStart.Pretrained)]
    public void An_inverter_reads_more_than_20_points_through_a_block_and_nothing_where_targets_are_shuffled(InverterKind kind, InverterStart start)
    {
        using var observed = _model.Shadow(Rows(1), OneBlock, PassChannel.HiddenUp);
        var settings = new AttackSettings { Steps = 150, LearningRate = 1e-2, Start = start, Width = 32 };

        var result = new AttackRun(_model, Rows(2), OneBlock, 16).Invert(PassChannel.HiddenUp, observed, kind, settings);

        Assert.True(result.Leakage > 0.2, $"{result.Scores.Top1} against {result.Baseline}");
        Assert.True(result.PositiveHolds, $"positive {result.Positive.Top1}");
        Assert.True(result.NegativeHolds, $"negative {result.Negative} against {result.Baseline}");
    }

    [Fact]
    public void An_inverter_of_all_four_tensors_joined_reads_tokens_and_several_seeds_give_an_interval()
    {
        using var observed = _model.Shadow(Rows(1), OneBlock, InputMatching.Channels);
        var run = new AttackRun(_model, Rows(2), OneBlock, 16, seeds: 2);

        var result = run.Invert(InputMatching.Channels, observed, InverterKind.Linear, new AttackSettings { Steps = 100, LearningRate = 1e-2, Start = InverterStart.Random });

        Assert.Equal("joint", result.Channel);
        Assert.True(result.Leakage > 0.2, $"{result.Scores.Top1} against {result.Baseline}");
        Assert.True(result.PositiveHolds);
        Assert.InRange(result.Scores.Top1, result.Seeds!.Value.Mean - result.Seeds.Value.HalfWidth, result.Seeds.Value.Mean + result.Seeds.Value.HalfWidth);
    }

    [Fact]
    public void The_same_seed_gives_the_same_guesses()
    {
        using var observed = _model.Shadow(Rows(1), OneBlock, PassChannel.HiddenUp);
        using var shadow = _model.Shadow(Rows(2), OneBlock, PassChannel.HiddenUp);
        var attack = new InverterAttack(_model, InverterKind.Gru, new AttackSettings { Steps = 5, Width = 8 });

        Assert.Equal(attack.Run(shadow, observed.Rows).Best, attack.Run(shadow, observed.Rows).Best);
    }

    [Fact]
    public void A_shifted_inverter_has_no_guess_for_the_first_token_of_a_row_and_reads_random_rows_no_better_than_chance()
    {
        using var observed = _model.Shadow(Rows(1), OneBlock, PassChannel.HiddenUp);
        using var shadow = _model.Shadow(Rows(2), OneBlock, PassChannel.HiddenUp);
        var guesses = new InverterAttack(_model, InverterKind.Linear, new AttackSettings { Steps = 100, Shift = true }).Run(shadow, observed.Rows);

        Assert.Equal(observed.Ids.Length * TokenGuesses.Candidates, guesses.Best.Length);
        Assert.All(observed.Rows.Lengths.Scan(), start => Assert.Equal(-1, guesses.First(start)));
        Assert.True(Privacy.Metrics.TokenScores.Of(guesses, observed.Ids).Top1 < 0.15);
    }

    [Fact]
    public void A_recording_of_another_width_is_refused()
    {
        using var observed = _model.Shadow(Rows(1), OneBlock, PassChannel.HiddenUp);
        using var other = new PublicModel(new TinyLlama { Hidden = 32, Vocabulary = 32 }.Write(_folder.At("other")));
        using var foreign = other.Shadow(Rows(2), OneBlock, PassChannel.HiddenUp);
        var attack = new InverterAttack(_model, InverterKind.Linear, new AttackSettings());

        Assert.Contains("another model's", Assert.Throws<ConfigurationException>(() => attack.Run(foreign, observed.Rows)).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Example> Rows(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 120).Select(_ => Row(random))];
    }

    private static Example Row(Random random)
    {
        int[] ids = [.. Enumerable.Range(0, random.Next(4, 16)).Select(_ => random.Next(1, 32))];
        return new Example(ids, ids);
    }
}
