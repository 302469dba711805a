using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>Greedy decoding; no token stops it.</summary>
/// <param name="Ids">the prompt, then the tokens chosen</param>
/// <param name="StepLogits">[tokens, V] of which each was the largest</param>
public sealed record GreedyDecoding(IReadOnlyList<int> Ids, Tensor StepLogits)
{
    /// <summary>By a full forward for every token.</summary>
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

    /// <summary>With keys and values cached, a batch of prompts at once.</summary>
    /// <returns>one decoding per prompt</returns>
    public static async Task<IReadOnlyList<GreedyDecoding>> RunCachedAsync(IDecoder decoder, IReadOnlyList<int[]> prompts, int tokens)
    {
        var ids = prompts.Select(prompt => prompt.ToList()).ToList();
        int[] rows = [.. Enumerable.Range(0, prompts.Count)];
        var steps = new List<float[][]> { await decoder.PrefillAsync(prompts, default) };
        while (true)
        {
            int[] chosen = [.. steps[^1].Select(logits => Array.IndexOf(logits, logits.Max()))];
            foreach (var row in rows)
                ids[row].Add(chosen[row]);
            if (steps.Count == tokens)
                return [.. rows.Select(row => new GreedyDecoding(ids[row], stack([.. steps.Select(logits => tensor(logits[row]))])))];
            steps.Add(await decoder.DecodeAsync(chosen, rows, default));
        }
    }
}
