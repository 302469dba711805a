using FlGlm.Client.Data;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>Greedy decoding by a full forward for every token; no token stops it.</summary>
/// <param name="Ids">the prompt, then the tokens chosen</param>
/// <param name="StepLogits">[tokens, V] of which each was the largest</param>
public sealed record GreedyDecoding(IReadOnlyList<int> Ids, Tensor StepLogits)
{
    /// <param name="prompt">at least one id</param>
    /// <param name="tokens">how many to choose</param>
    public static GreedyDecoding Run(ThreeStages stages, IEnumerable<int> prompt, int tokens)
    {
        using var scope = NewDisposeScope();
        List<int> ids = [.. prompt];
        var steps = new List<Tensor>();
        for (var token = 0; token < tokens; token++)
        {
            steps.Add(stages.Logits(BatchCollator.Collate([new Example([.. ids], [.. ids])], marks: stages.Blueprint.Family.Marks)).select(0, 0).select(0, -1));
            ids.Add((int)steps[^1].argmax().item<long>());
        }

        return new GreedyDecoding(ids, stack([.. steps]).MoveToOuterDisposeScope());
    }
}
