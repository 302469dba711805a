using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

/// <summary>What is easy to get wrong in a ChatGLM-6B block and still trains.</summary>
public sealed class ChatGlmBlockTests
{
    private const int Heads = 4;
    private const int HeadSize = 8;
    private const int Hidden = Heads * HeadSize;

    private static readonly TinyChatGlm Model = new() { Heads = Heads, Hidden = Hidden };

    [Fact]
    public void Without_attention_and_MLP_a_block_is_two_norms_times_alpha_and_its_input_is_not_added_back()
    {
        using var scope = NewDisposeScope();
        var x = rand(1, 5, Hidden, dtype: float32);
        var weights = new MadeWeights(name => name.Contains("layernorm.weight", StringComparison.Ordinal) ? 1 : 0);
        var width = new long[] { Hidden };
        const double Alpha = 7.483314773547883;

        var once = nn.functional.layer_norm(x, width) * Alpha;
        var expected = nn.functional.layer_norm(once, width) * Alpha;

        Tolerance.Relative("residual", 1e-6).Check(expected, Run(weights, 0, x));
    }

    [Fact]
    public void Queries_keys_and_values_of_a_head_stand_together()
    {
        using var scope = NewDisposeScope();
        var weights = new MadeWeights(_ => 0);
        weights.Set("query_key_value.weight", [3 * Hidden, Hidden], (row, column) => row % Hidden == column ? 1 : 0);
        var projected = Model.Family.CreateBlock(0, weights).Projections.First().Forward(arange(0, Hidden, dtype: float32).view(1, 1, Hidden), new Dropout(0, CPU));
        var query = GroupedAttention.Heads(projected, Heads).narrow(3, 0, HeadSize);

        Assert.Equal(3 * HeadSize % Hidden, (int)query.select(1, 1).flatten()[0].item<float>());
    }

    [Fact]
    public void The_number_of_the_block_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var x = rand(1, 5, Hidden, dtype: float32);

        Bits.Equal(Run(new MadeWeights(Same), 0, x), Run(new MadeWeights(Same), 3, x), "block 3");

        static double Same(string name) => 0.1 * name.Length % 0.7;
    }

    [Fact]
    public void The_context_sees_all_of_itself_and_the_answer_what_stands_before_it()
    {
        using var scope = NewDisposeScope();
        var layout = new SequenceLayout([5, 4]) { Contexts = [new(3, 2), new(1, 0)] };
        var (_, _, mask) = Model.Family.CreateTables(layout, prefixLength: 2, float32, CPU);

        Assert.Equal(["11111..", "11111..", "11111..", "111111.", "1111111"], Rows(mask!, 0));
        Assert.Equal(["111....", "1111...", "11111..", "111111.", "1111111"], Rows(mask!, 1));
    }

    [Fact]
    public void A_prefix_of_zeros_takes_its_share_of_attention_and_moves_no_position()
    {
        using var scope = NewDisposeScope();
        var x = rand(1, 5, Hidden, dtype: float32);
        var prefix = new BlockPrefix(zeros(1, Heads, 2, HeadSize), zeros(1, Heads, 2, HeadSize));
        var weights = new MadeWeights(name => 0.1 * name.Length % 0.7);
        var (cos, _, _) = Model.Family.CreateTables(Layout, prefixLength: 0, float32, CPU);
        var (cosBehind, _, _) = Model.Family.CreateTables(Layout, prefixLength: 2, float32, CPU);

        Bits.Equal(cos, cosBehind, "positions");
        Assert.True((Run(weights, 0, x) - Run(weights, 0, x, prefix)).abs().max().item<float>() > 1e-4);
    }

    private static SequenceLayout Layout => new([5]) { Contexts = [new(3, 2)] };

    private static Tensor Run(MadeWeights weights, int block, Tensor x, BlockPrefix? prefix = null)
    {
        using var dropout = new Dropout(0, CPU);
        var (cos, sin, mask) = Model.Family.CreateTables(Layout, (int)(prefix?.Key.shape[2] ?? 0), float32, CPU);
        return Model.Family.CreateBlock(block, weights).Forward(x, new BlockContext(cos, sin, mask, dropout, 0), prefix);
    }

    private static IEnumerable<string> Rows(Tensor mask, int row)
    {
        var columns = (int)mask.shape[3];
        return mask.select(0, row).contiguous().data<float>().ToArray().Chunk(columns).Select(line => string.Concat(line.Select(value => value == 0 ? '1' : '.')));
    }
}
