using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace FlGlm.Torch.Tests;

public sealed class FunctionalTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Linear_is_a_product_and_an_offset()
    {
        var weight = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [3, 2]);
        var made = linear(tensor(new float[] { 1, -1 }), weight, tensor(new float[] { 10, 20, 30 }));
        Assert.Equal([9f, 19, 29], made.data<float>().ToArray());
    }

    [Fact]
    public void Cross_entropy_leaves_ignored_rows_out()
    {
        var logits = tensor(new float[] { 0, 0, 1, 3 }, [2, 2]);
        var one = cross_entropy(logits, tensor(new long[] { 0, -100 }));
        var both = cross_entropy(logits, tensor(new long[] { 0, 1 }), reduction: nn.Reduction.Sum);
        Assert.Equal(0.6931472f, one.item<float>(), 1e-6f);
        Assert.Equal(0.6931472f + 0.1269280f, both.item<float>(), 1e-6f);
    }

    [Fact]
    public void Softmax_sums_to_one_and_log_softmax_is_its_logarithm()
    {
        var logits = tensor(new float[] { 1, 2, 3, 1000 }, [2, 2]);
        Assert.True(softmax(logits, -1).sum(-1).allclose(ones(2)));
        Assert.True(log_softmax(logits, -1)[0].exp().allclose(softmax(logits, -1)[0]));
        Assert.Equal(float64, logits.softmax(-1, float64).dtype);
    }

    [Fact]
    public void Layer_norm_leaves_mean_zero_and_deviation_one()
    {
        var made = layer_norm(tensor(new float[] { 1, 2, 3, 4 }), [4], eps: 0);
        Assert.Equal(0f, made.mean().item<float>(), 1e-6f);
        Assert.Equal(1f, made.std(unbiased: false).item<float>(), 1e-6f);
    }

    [Fact]
    public void Attention_is_the_softmax_of_scaled_products()
    {
        using var generator = new Generator(3);
        var query = randn(1, 2, 4, 8, generator: generator);
        var key = randn(1, 2, 4, 8, generator: generator);
        var value = randn(1, 2, 4, 8, generator: generator);
        var mask = ones(4, 4).tril().log();
        var expected = (query.matmul(key.mT) / Math.Sqrt(8) + mask).softmax(-1).matmul(value);
        Assert.True(scaled_dot_product_attention(query, key, value, mask).allclose(expected, rtol: 1e-4, atol: 1e-6));
        Assert.True(scaled_dot_product_attention(query, key, value, is_casual: true).allclose(expected, rtol: 1e-4, atol: 1e-6));
    }

    [Fact]
    public void Dropout_scales_what_it_keeps()
    {
        var kept = dropout(ones(1000), p: 0.5).data<float>().ToArray();
        Assert.All(kept, value => Assert.True(value is 0f or 2f));
        Assert.InRange(kept.Count(value => value == 0), 400, 600);
        Assert.Equal([1f, 1f], dropout(ones(2), p: 0.5, training: false).data<float>().ToArray());
    }

    [Fact]
    public void Initial_weights_keep_to_their_bounds()
    {
        var weight = nn.Parameter(empty(50, 100));
        nn.init.kaiming_uniform_(weight, a: Math.Sqrt(5));
        Assert.InRange(weight.abs().max().item<float>(), 0.09f, 0.1f);
        nn.init.xavier_uniform_(weight);
        Assert.InRange(weight.abs().max().item<float>(), 0.19f, 0.2f);
        nn.init.zeros_(weight);
        Assert.Equal(0f, weight.abs().max().item<float>());
    }
}
