using FlGlm.Core.Models;
using FlGlm.Privacy.Noise;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tests.Noise;

public sealed class RowClipTests
{
    private static readonly Config Checked = Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20240501, 7);

    /// <summary>Rows of 1 to 6 tokens with 3 numbers each, of sizes from 1e-8 to 1e8, and a clip from 1e-3 to 1e3.</summary>
    private static readonly Arbitrary<(int[] Lengths, int Seed, double Size, double Clip, bool IsLaplace)> Cases = (
        from lengths in Gen.Choose(1, 6).NonEmptyListOf()
        from seed in Gen.Choose(0, 1_000_000)
        from size in Gen.Choose(-8, 8)
        from clip in Gen.Choose(-30, 30)
        from isLaplace in Gen.Elements(false, true)
        select (lengths.ToArray(), seed, Math.Pow(10, size), Math.Pow(10, clip / 10.0), isLaplace)).ToArbitrary();

    [Fact]
    public void Every_row_is_within_its_clip_and_points_where_it_pointed() => Check.One(Checked, Prop.ForAll(Cases, drawn =>
    {
        var layout = new SequenceLayout(drawn.Lengths);
        var random = new Random(drawn.Seed);
        float[] values = [.. Enumerable.Range(0, layout.Rows * layout.Length * 3).Select(_ => (float)(drawn.Size * (random.NextDouble() - 0.5)))];
        using var scope = NewDisposeScope();

        var clipped = RowClip.Apply(tensor(values).view(layout.Rows, layout.Length, 3), layout, drawn.Clip, drawn.IsLaplace ? NoiseDistribution.Laplace : NoiseDistribution.Gaussian)
            .data<float>().ToArray();

        for (var row = 0; row < layout.Rows; row++)
        {
            var (begin, end, padded) = (row * layout.Length * 3, ((row * layout.Length) + layout.Lengths[row]) * 3, (row + 1) * layout.Length * 3);
            var (before, after) = (Norm(values[begin..end]), Norm(clipped[begin..end]));
            Assert.True(after <= drawn.Clip);
            Assert.Equal(1, after / Math.Min(before, drawn.Clip), 1e-5);
            Assert.All(values[begin..end].Zip(clipped[begin..end]), pair => Assert.Equal(pair.First * (after / before), pair.Second, 1e-5 * after));
            Assert.All(clipped[end..padded], value => Assert.Equal(0, value));
        }

        double Norm(float[] row) => drawn.IsLaplace ? row.Sum(value => Math.Abs((double)value)) : Math.Sqrt(row.Sum(value => (double)value * value));
    }));

    [Fact]
    public void The_gradient_sees_the_clip()
    {
        var layout = new SequenceLayout([2]);
        using var scope = NewDisposeScope();
        using var row = tensor([3f, 4f, 0f, 0f]).view(1, 2, 2).requires_grad_();

        RowClip.Apply(row, layout, 1, NoiseDistribution.Gaussian).select(2, 0).sum().backward();

        // d (x / |x|) / d (x, y) = (y^2, -x y) / |x|^3, and 1 / |x| for the component that is 0.
        float[] expected = [16 / 125f, -12 / 125f, 1 / 5f, 0];
        Assert.All(expected.Zip(row.grad!.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void A_row_within_the_clip_keeps_its_bits_and_a_row_of_zeros_its_gradient()
    {
        var layout = new SequenceLayout([2, 2]);
        using var scope = NewDisposeScope();
        using var rows = tensor([0.1f, 0.7f, 0.3f, 0.2f, 0f, 0f, 0f, 0f]).view(2, 2, 2).requires_grad_();

        using var clipped = RowClip.Apply(rows, layout, 1, NoiseDistribution.Gaussian);
        clipped.sum().backward();

        Assert.Equal(rows.data<float>().ToArray(), clipped.data<float>().ToArray());
        Assert.All(rows.grad!.data<float>().ToArray(), value => Assert.Equal(1, value));
    }
}
