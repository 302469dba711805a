using FlGlm.Core.Models;
using FlGlm.Core.Models.ChatGlm;
using FlGlm.Core.Models.ChatGlm2;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

public sealed class ChatGlmRotaryTests
{
    private const int HeadSize = 16;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void In_ChatGLM_each_half_of_a_head_turns_by_its_own_position_with_frequencies_rounded_to_half(int half)
    {
        using var scope = NewDisposeScope();
        var layout = new SequenceLayout([8]) { Contexts = [new(4, 3)] };
        var (cos, sin) = ChatGlmRotary.Tables(layout, HeadSize, float32, CPU);
        const int Token = 7;
        var position = half == 0 ? 3 : 4;
        for (var i = 0; i < HeadSize / 4; i++)
        {
            var start = half * HeadSize / 2;
            var turned = ChatGlmRotary.Turn(Unit(start + i), cos.narrow(2, Token, 1), sin.narrow(2, Token, 1)).data<float>().ToArray();
            var angle = position * (double)(Half)Math.Pow(10000, -2.0 * i / (HeadSize / 2));

            Assert.Equal(Math.Cos(angle), turned[start + i], 1e-6);
            Assert.Equal(Math.Sin(angle), turned[start + i + (HeadSize / 4)], 1e-6);
            Assert.Equal(2, turned.Count(value => value != 0));
        }
    }

    [Fact]
    public void In_ChatGLM_context_tokens_turn_only_the_first_half_and_answers_share_the_masks_position()
    {
        using var scope = NewDisposeScope();
        var layout = new SequenceLayout([8, 5]) { Contexts = [new(4, 3), new(3, 1)] };
        var (cos, sin) = ChatGlmRotary.Tables(layout, HeadSize, float32, CPU);

        Assert.Equal([0, 1, 2, 3, 3, 3, 3, 3], Positions(cos, sin, row: 0, dimension: 0));
        Assert.Equal([0, 0, 0, 0, 1, 2, 3, 4], Positions(cos, sin, row: 0, dimension: HeadSize / 2));
        Assert.Equal([0, 1, 2, 1, 1], Positions(cos, sin, row: 1, dimension: 0).Take(5));
        Assert.Equal([0, 0, 0, 1, 2], Positions(cos, sin, row: 1, dimension: HeadSize / 2).Take(5));
    }

    [Fact]
    public void In_ChatGLM2_neighbours_of_the_first_half_turn_together_and_the_rest_passes_through()
    {
        using var scope = NewDisposeScope();
        const int Position = 3;
        var (cos, sin) = ChatGlm2Rotary.Tables(Rotary.Positions(new SequenceLayout([Position + 1]), 0, CPU), HeadSize, 10000, float32);
        (cos, sin) = (cos.narrow(0, Position, 1), sin.narrow(0, Position, 1));
        for (var i = 0; i < HeadSize / 4; i++)
        {
            var turned = ChatGlm2Rotary.Turn(Unit(2 * i), cos, sin).data<float>().ToArray();
            var angle = Position * Math.Pow(10000, -2.0 * i / (HeadSize / 2));

            Assert.Equal(Math.Cos(angle), turned[2 * i], 1e-6);
            Assert.Equal(Math.Sin(angle), turned[(2 * i) + 1], 1e-6);
            Assert.Equal(2, turned.Count(value => value != 0));
        }

        var whole = arange(0, HeadSize, dtype: float32).view(1, 1, 1, HeadSize);
        Bits.Equal(whole.narrow(3, HeadSize / 2, HeadSize / 2), ChatGlm2Rotary.Turn(whole, cos, sin).narrow(3, HeadSize / 2, HeadSize / 2), "second half");
    }

    /// <summary>The positions that the fastest frequency (angle = position) of a half shows.</summary>
    private static IEnumerable<int> Positions(Tensor cos, Tensor sin, int row, int dimension)
    {
        var (c, s) = (Values(cos), Values(sin));
        return c.Zip(s, (x, y) => (int)Math.Round((Math.Atan2(y, x) + (2 * Math.PI)) % (2 * Math.PI)));

        float[] Values(Tensor table) => table.select(0, row).select(0, 0).select(1, dimension).contiguous().data<float>().ToArray();
    }

    /// <returns>[1, 1, 1, D] with a single one</returns>
    private static Tensor Unit(int dimension)
    {
        var values = new float[HeadSize];
        values[dimension] = 1;
        return tensor(values).view(1, 1, 1, HeadSize);
    }
}
