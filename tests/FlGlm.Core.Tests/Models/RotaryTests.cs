using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

public sealed class RotaryTests
{
    private const int HeadSize = 8;

    [Fact]
    public void Dimension_i_turns_with_i_plus_half_by_its_own_frequency()
    {
        using var scope = NewDisposeScope();
        const int Position = 3;
        var (cos, sin) = Tables(new SequenceLayout([1]), Position);
        for (var i = 0; i < HeadSize / 2; i++)
        {
            var turned = Rotary.Turn(Unit(i), cos, sin).data<float>().ToArray();
            var angle = Position * Math.Pow(10000, -2.0 * i / HeadSize);

            Assert.Equal(Math.Cos(angle), turned[i], 1e-6);
            Assert.Equal(Math.Sin(angle), turned[i + (HeadSize / 2)], 1e-6);
            Assert.Equal(2, turned.Count(value => value != 0));
        }
    }

    [Fact]
    public void Positions_behind_a_prefix_continue_the_table()
    {
        using var scope = NewDisposeScope();
        var (cos, sin) = Tables(new SequenceLayout([10]), 0);
        var (cosBehind, sinBehind) = Tables(new SequenceLayout([6]), 4);

        Bits.Equal(cos.narrow(0, 4, 6), cosBehind, "cos");
        Bits.Equal(sin.narrow(0, 4, 6), sinBehind, "sin");
    }

    [Fact]
    public void Rows_that_go_on_continue_the_table_each_at_its_own_place()
    {
        using var scope = NewDisposeScope();
        var (cos, sin) = Tables(new SequenceLayout([10]), 0);
        var (cosNext, sinNext) = Tables(new SequenceLayout([1, 1]) { Past = [7, 3] }, 2);

        Bits.Equal(stack([cos.narrow(0, 9, 1), cos.narrow(0, 5, 1)]).unsqueeze(1), cosNext, "cos");
        Bits.Equal(stack([sin.narrow(0, 9, 1), sin.narrow(0, 5, 1)]).unsqueeze(1), sinNext, "sin");
    }

    private static (Tensor Cos, Tensor Sin) Tables(SequenceLayout layout, int first) =>
        Rotary.Tables(Rotary.Positions(layout, first, CPU), HeadSize, 10000, float32);

    /// <returns>[1, 1, 1, D] with a single one</returns>
    private static Tensor Unit(int dimension)
    {
        var values = new float[HeadSize];
        values[dimension] = 1;
        return tensor(values).view(1, 1, 1, HeadSize);
    }
}
