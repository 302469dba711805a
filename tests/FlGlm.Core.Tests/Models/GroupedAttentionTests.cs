using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

/// <summary>The fused kernel against the same attention step by step.</summary>
public sealed class GroupedAttentionTests
{
    private const int Length = 9;
    private const int HeadSize = 8;

    [Theory]
    [InlineData(4, 0, false)]
    [InlineData(2, 0, false)]
    [InlineData(1, 3, false)]
    [InlineData(4, 0, true)]
    [InlineData(2, 3, true)]
    public void Fused_attention_and_its_gradients_are_those_of_every_step_by_hand(int keyValueHeads, int prefixLength, bool hasContexts)
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(1, CPU);
        var prefix = prefixLength == 0 ? null : new BlockPrefix(rand(2, keyValueHeads, prefixLength, HeadSize), rand(2, keyValueHeads, prefixLength, HeadSize));
        var layout = new SequenceLayout([Length, Length - 2]) { Contexts = hasContexts ? [new(4, 3), new(1, 0)] : null };
        var weights = rand(2, Length, 4 * HeadSize);
        Tensor[] inputs = [rand(2, 4, Length, HeadSize), rand(2, keyValueHeads, Length, HeadSize), rand(2, keyValueHeads, Length, HeadSize)];

        var fused = Run(stepByStep: false);
        var byHand = Run(stepByStep: true);

        foreach (var (name, one, other) in new[] { "output", "dL/dq", "dL/dk", "dL/dv" }.Zip(byHand, fused))
            Tolerance.Relative(name, 1e-5).Check(one, other);

        Tensor[] Run(bool stepByStep)
        {
            var context = new BlockContext(zeros(1), zeros(1), CausalMask.Of(layout, prefixLength, CPU), dropout, AttentionDropout: 0) { AttentionStepByStep = stepByStep };
            Tensor[] leaves = [.. inputs.Select(input => input.clone().requires_grad_(true))];
            var output = GroupedAttention.Forward(leaves[0], leaves[1], leaves[2], context, prefix);
            (output * weights).sum().backward();
            return [output, .. leaves.Select(leaf => leaf.grad!)];
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(1)]
    public void One_token_behind_a_cache_sees_what_it_sees_as_the_last_of_a_whole_row(int keyValueHeads)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var dropout = new Dropout(1, CPU);
        var (query, key, value) = (rand(2, 4, Length, HeadSize), rand(2, keyValueHeads, Length, HeadSize), rand(2, keyValueHeads, Length, HeadSize));
        var past = new BlockPrefix(key.narrow(2, 0, Length - 1), value.narrow(2, 0, Length - 1));

        var whole = GroupedAttention.Forward(query, key, value, new BlockContext(query, query, null, dropout, 0), past: null);
        var last = GroupedAttention.Forward(
            query.narrow(2, Length - 1, 1), key.narrow(2, Length - 1, 1), value.narrow(2, Length - 1, 1),
            new BlockContext(query, query, zeros(2, 1, 1, Length), dropout, 0), past);

        Tolerance.Relative("last token", 2e-6).Check(whole.narrow(1, Length - 1, 1), last);
    }
}
