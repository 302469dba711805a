using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Attacks;

/// <summary>Searches for the input of a tiny model, whose rows are random and learnt in their second half.</summary>
public sealed class InputMatchingTests : IDisposable
{
    private static readonly TinyLlama Model = new() { Hidden = 16, Vocabulary = 32, MaxPositions = 64 };
    private static readonly SplitSettings OneBlock = new() { Head = 1, Tail = 1 };
    private readonly TempFolder _folder = new();
    private readonly PublicModel _model;

    public InputMatchingTests() => _model = new PublicModel(Model.Write(_folder.At("model")));

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(MatchingTarget.Hidden, MatchingStart.Random)]
    [InlineData(MatchingTarget.Gradients, MatchingStart.Labels)]
    [InlineData(MatchingTarget.HiddenThenAll, MatchingStart.Inverter, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public void A_search_finds_tokens_through_a_block_and_nothing_where_they_are_shuffled(MatchingTarget target, MatchingStart start)
    {
        using var observed = _model.Shadow(Rows(3, 4), OneBlock, InputMatching.Channels, batchSize: 4);

        var result = new AttackRun(_model, Rows(6, 40), OneBlock, 4).Match(observed, target, start, new MatchingSettings { Steps = target == MatchingTarget.Gradients ? 100 : 300 }, new AttackSettings { Steps = 20, Width = 8, Start = InverterStart.Random });

        Assert.True(result.Leakage > 0.2, $"{result.Scores.Top1} against {result.Baseline}, naked {result.Positive.Top1}");
        Assert.True(result.NegativeHolds, $"negative {result.Negative}");
    }

    [Fact]
    public void The_few_rows_to_search_are_spread_over_all_and_keep_their_tokens_and_labels()
    {
        var rows = Rows(5, 7);
        using var all = _model.Shadow(rows, OneBlock, InputMatching.Channels, batchSize: 7);

        using var few = all.Spread(3);

        Assert.Equal([rows[0].Ids, rows[2].Ids, rows[4].Ids], few.Examples().Select(row => row.Ids));
        Assert.Equal(rows[2].Labels, few.Examples()[1].Labels);
        Assert.Equal(all.Rows.Vectors.narrow(0, all.Rows.PlacesOf([2])[0], 1), few.Rows.Vectors.narrow(0, few.Rows.PlacesOf([1])[0], 1));
    }

    internal static List<Example> Rows(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(row => Row(random, 8 + (row % 3)))];
    }

    private static Example Row(Random random, int length)
    {
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(1, 32))];
        return new Example(ids, [.. ids.Select((id, place) => place < 4 ? Example.Ignored : id)]);
    }
}
