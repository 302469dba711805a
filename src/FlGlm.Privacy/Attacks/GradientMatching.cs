using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>
/// Searches the labels whose gradient is the one that was seen (gradient matching, as in DLG and TAG): the server knows hN-2, which it has computed, and
/// the public tail; labels as probabilities, and how much each position counts, are what fits dL/dhN-2 best. Row by row, and without shadow rows.
/// </summary>
public sealed class GradientMatching(PublicModel model, SplitSettings split, AttackSettings settings)
{
    /// <summary>Searches.</summary>
    /// <param name="hidden">hN-2 of the rows</param>
    /// <param name="gradient">dL/dhN-2 of the same rows</param>
    /// <returns>guesses for the token behind each position, at that position</returns>
    public TokenGuesses Run(PackedRows hidden, PackedRows gradient)
    {
        using var scope = NewDisposeScope();
        return new TokenGuesses(
            (hidden ?? throw new ArgumentNullException(nameof(hidden))).Lengths,
            [.. Find(hidden, gradient).SelectMany(row => row.Scores.topk(TokenGuesses.Candidates, 1).indexes.data<long>().ToArray())]);
    }

    /// <returns>of each row, scores of labels [T, V] and of positions [T], in the caller's dispose scope</returns>
    internal IReadOnlyList<FoundLabels> Find(PackedRows hidden, PackedRows gradient)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(gradient);
        ConfigValidation.Expect(("attack.", settings));
        var blueprint = model.BlueprintOf(split) with { AttentionStepByStep = true };
        var embedding = model.ReadEmbedding();
        using var tail = new TailStage(blueprint, new StageWeights(model.Checkpoint, blueprint, StageName.Tail), new TokenEmbedding(embedding, padId: null));
        foreach (var parameter in tail.Parameters)
            parameter.Value.requires_grad_(false);
        List<FoundLabels> found = [];
        for (var row = 0; row < hidden.Lengths.Count; row++)
        {
            using var own = NewDisposeScope();
            var labels = Search(tail, hidden.Batch([row]), gradient.Batch([row]).Hidden);
            found.Add(new FoundLabels(labels.Scores.MoveToOuterDisposeScope(), labels.Positions.MoveToOuterDisposeScope()));
        }

        return found;
    }

    /// <param name="seen">dL/dhN-2 [1, T, H]</param>
    /// <returns>in the caller's dispose scope</returns>
    private FoundLabels Search(TailStage tail, (Tensor Hidden, SequenceLayout Layout) row, Tensor seen)
    {
        var (tokens, vocabulary) = (row.Layout.Length, model.Family.Shape.Vocabulary);
        using var labels = SeededValues.Trained(zeros(tokens, vocabulary));
        using var weights = SeededValues.Trained(zeros(tokens));
        var optimizer = new OptimizerSettings { LearningRate = settings.LearningRate, Schedule = LearningRateSchedule.Linear };
        using var stepping = new StageOptimizer([new NamedParameter("labels", labels), new NamedParameter("weights", weights)], optimizer, settings.Steps);
        var size = seen.norm();
        if (size.item<float>() == 0)
            return Found();
        var target = seen / size;
        for (var step = 0; step < settings.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var found = GradientOf(tail, row, labels, weights);
            var difference = (found / found.detach().norm()) - target;
            difference.mul(difference).sum().backward();
            stepping.Step();
        }

        return Found();

        FoundLabels Found() => new(labels.detach().clone(), weights.detach().clone());
    }

    /// <summary>dL/dhN-2 [1, T, H] for these labels, with the graph that leads to them.</summary>
    private static Tensor GradientOf(TailStage tail, (Tensor Hidden, SequenceLayout Layout) row, Parameter labels, Parameter weights)
    {
        var input = row.Hidden.detach().requires_grad_(true);
        var log = tail.Logits(input, row.Layout).squeeze(0).log_softmax(-1);
        var loss = labels.softmax(-1).mul(log).sum(-1).neg().mul(weights.softmax(-1)).sum();
        return autograd.grad([loss], [input], retain_graph: true, create_graph: true)[0];
    }
}
