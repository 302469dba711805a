using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Tap;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Attacks;

public sealed class GradientMatchingTests
{
    [Fact]
    public void Labels_are_found_through_a_block_in_the_tail()
    {
        using var folder = new TempFolder();
        using var model = new PublicModel(new TinyLlama { Hidden = 16, Vocabulary = 32, MaxPositions = 64 }.Write(folder.At("model")));
        var (rows, split) = (Rows(), new SplitSettings { Head = 1, Tail = 1 });
        using var hidden = model.Shadow(rows, split, PassChannel.HiddenDown, batchSize: 4);
        using var gradient = model.Shadow(rows, split, PassChannel.GradientUp, batchSize: 4);

        var labels = new GradientMatching(model, split, new AttackSettings { Steps = 150, LearningRate = 0.3 }).Run(hidden.Rows, gradient.Rows);

        var (guesses, truth) = LabelDirections.AtLoss(labels, gradient);
        var scores = TokenScores.Of(guesses, truth);
        Assert.True(scores.Top1 > TokenScores.Baseline(truth) + 0.2, $"labels {scores.Top1} against {TokenScores.Baseline(truth)}");
    }

    private static List<Example> Rows()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 4).Select(_ => Row(random))];
    }

    private static Example Row(Random random)
    {
        int[] ids = [.. Enumerable.Range(0, 10).Select(_ => random.Next(1, 32))];
        return new Example(ids, [.. ids.Select((id, place) => place < 5 ? Example.Ignored : id)]);
    }
}
