using FlGlm.Client.Stages;
using FlGlm.Core.Compute;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Stages;

public sealed class LmHeadLossTests
{
    private const int Vocabulary = 96;
    private const int Hidden = 24;

    /// <summary>Below, at, and above the number of positions that are taken at a time, with a last part of one position.</summary>
    [Theory]
    [InlineData(7, false)]
    [InlineData(256, false)]
    [InlineData(257, false)]
    [InlineData(257, true)]
    [InlineData(700, false)]
    [InlineData(700, true)]
    public void Loss_and_gradient_are_those_of_all_logits_at_once(int positions, bool withShares)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)positions);
        var hidden = randn([positions, Hidden], generator: generator);
        var head = randn([Vocabulary, Hidden], generator: generator);
        var labels = randint(0, Vocabulary, [positions], dtype: int64, generator: generator);
        var shares = withShares ? rand([positions], generator: generator) : null;

        var (loss, gradient) = Differentiate(hidden, x => LmHeadLoss.Of(x, head, labels, shares));

        var (expected, expectedGradient) = Differentiate(hidden.to(float64), x => OfAll(x, head.to(float64), labels, shares));
        Tolerance.Relative("loss", 1e-6).Check(expected, loss);
        Assert.True(gradient.sub(expectedGradient).abs().max().item<double>() < 1e-6 * Math.Max(1, expectedGradient.abs().max().item<double>()));
        using var none = no_grad();
        Assert.Equal(loss, LmHeadLoss.Of(hidden, head, labels, shares).item<float>());
    }

    [Fact]
    public void What_the_loss_counts_in_a_step_scales_the_gradient()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var (hidden, head) = (randn([300, Hidden], generator: generator), randn([Vocabulary, Hidden], generator: generator));
        var labels = randint(0, Vocabulary, [300], dtype: int64, generator: generator);

        var once = Differentiate(hidden, x => LmHeadLoss.Of(x, head, labels, shares: null)).Gradient;
        var half = Differentiate(hidden, x => LmHeadLoss.Of(x, head, labels, shares: null).Times(0.5)).Gradient;

        Assert.True(once.Times(0.5).equal(half).all().item<bool>());
    }

    [Fact]
    public void A_trained_LM_head_has_its_gradient()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var hidden = randn([300, Hidden], generator: generator);
        var head = randn([Vocabulary, Hidden], generator: generator);
        var labels = randint(0, Vocabulary, [300], dtype: int64, generator: generator);

        var gradient = Differentiate(head, trained => LmHeadLoss.Of(hidden, trained, labels, shares: null)).Gradient;

        var expected = Differentiate(head, trained => OfAll(hidden, trained, labels, shares: null)).Gradient;
        Assert.True(expected.equal(gradient).all().item<bool>());
    }

    [Fact]
    public void In_bfloat16_the_gradient_is_rounded_once()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(9);
        var (hidden, head) = (randn([300, Hidden], generator: generator).to(bfloat16), randn([Vocabulary, Hidden], generator: generator).to(bfloat16));
        var labels = randint(0, Vocabulary, [300], dtype: int64, generator: generator);

        var (loss, gradient) = Differentiate(hidden, x => LmHeadLoss.Of(x, head, labels, shares: null));

        var (expected, expectedGradient) = Differentiate(hidden, x => OfAll(x, head, labels, shares: null));
        Tolerance.Relative("loss", 1e-6).Check(expected, loss);
        Assert.Equal(bfloat16, gradient.dtype);
        Assert.True(gradient.sub(expectedGradient).to(float32).abs().max().item<float>() < 0.01f * expectedGradient.to(float32).abs().max().item<float>());
    }

    private static Tensor OfAll(Tensor hidden, Tensor head, Tensor labels, Tensor? shares)
    {
        var each = nn.functional.cross_entropy(nn.functional.linear(hidden, head).to(hidden.dtype == float64 ? float64 : float32), labels, reduction: nn.Reduction.None);
        return shares is null ? each.mean() : each.mul(shares).sum();
    }

    private static (float Loss, Tensor Gradient) Differentiate(Tensor of, Func<Tensor, Tensor> loss)
    {
        var input = of.detach().requires_grad_(true);
        var value = loss(input);
        return (value.to(float32).item<float>(), autograd.grad([value], [input])[0]);
    }
}
