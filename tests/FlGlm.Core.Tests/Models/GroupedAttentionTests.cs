using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

public sealed class GroupedAttentionTests
{
    private const int Length = 9;

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(250)]
    public void Scores_made_in_parts_give_what_they_give_at_once(long maxScores)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var dropout = new Dropout(1, CPU);
        var (query, key, value) = (rand(2, 4, Length, 8), rand(2, 2, Length, 8), rand(2, 2, Length, 8));
        var prefix = new BlockPrefix(rand(2, 2, 3, 8), rand(2, 2, 3, 8));
        var mask = CausalMask.Of(new SequenceLayout([Length, Length]), 3, CPU);
        var context = new BlockContext(mask, mask, mask, dropout, 0);

        var whole = GroupedAttention.Forward(query, key, value, context, prefix);
        var parts = GroupedAttention.Forward(query, key, value, context, prefix, maxScores);

        Tolerance.Relative("attention in parts", 1e-6).Check(whole, parts);
    }
}
