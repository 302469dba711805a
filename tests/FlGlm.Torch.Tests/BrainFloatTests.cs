using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace FlGlm.Torch.Tests;

public sealed class BrainFloatTests
{
    [Fact]
    public void A_block_in_bfloat16_follows_the_one_in_float32()
    {
        using var scope = NewDisposeScope();
        var (exactLoss, exactGradient) = Run(float32);
        var (loss, gradient) = Run(bfloat16);
        Assert.Equal(exactLoss, loss, exactLoss * 0.02);
        var error = (gradient - exactGradient).norm() / exactGradient.norm();
        Assert.True(error.ToSingle() < 0.05, $"the gradient is off by {error.ToSingle()}");
    }

    private static (double Loss, Tensor Gradient) Run(ScalarType type)
    {
        using var generator = new Generator(9);
        var weight = randn(32, 32, generator: generator).to(type).requires_grad_();
        var input = randn(8, 32, generator: generator).to(type);
        var hidden = layer_norm(linear(input, weight), [32]);
        var scores = (hidden.matmul(hidden.t()) / 8).softmax(-1).matmul(silu(hidden) + gelu(hidden));
        var loss = cross_entropy(cat([scores, scores], 0).to(float32), arange(16).remainder(32));
        loss.backward();
        return (loss.ToDouble(), weight.grad!.to(float32));
    }
}
