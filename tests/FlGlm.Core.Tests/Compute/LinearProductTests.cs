using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Compute;

public sealed class LinearProductTests
{
    /// <summary>The one row without gradient takes another way through libtorch than the rest.</summary>
    [Theory]
    [InlineData(false, false, 1, 1)]
    [InlineData(true, false, 1, 1)]
    [InlineData(true, true, 1, 1)]
    [InlineData(true, false, 1, 5)]
    [InlineData(false, false, 3, 1)]
    public void It_is_the_product_and_the_bias(bool biased, bool differentiates, int rows, int length)
    {
        using var scope = NewDisposeScope();
        using var grad = differentiates ? enable_grad() : no_grad();
        using var generator = new Generator(7);
        var x = randn([rows, length, 48], generator: generator);
        var weight = randn([80, 48], generator: generator).requires_grad_(differentiates);
        var bias = biased ? randn([80], generator: generator) : null;

        var y = LinearProduct.Of(x, weight, bias);

        var expected = einsum("rti,oi->rto", x.to(float64), weight.to(float64));
        if (bias is not null)
            expected = expected.add(bias);
        Assert.Equal([rows, length, 80L], y.shape);
        Assert.Equal(differentiates, y.requires_grad);
        Assert.True(y.sub(expected).abs().max().item<double>() < 1e-5);
    }
}
