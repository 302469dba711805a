using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace FlGlm.Torch.Tests;

public sealed class AutogradTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Backward_adds_the_derivative_at_the_leaves()
    {
        var x = tensor(new float[] { 1, 2, 3 }).requires_grad_();
        Assert.Null(x.grad);
        (x * x).sum().backward();
        Assert.Equal([2f, 4, 6], x.grad!.data<float>().ToArray());
        (x * x).sum().backward();
        Assert.Equal([4f, 8, 12], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Backward_starts_from_the_gradients_given()
    {
        var x = tensor(new float[] { 1, 2 }).requires_grad_();
        var y = x * 3;
        y.backward(grad_tensors: [tensor(new float[] { 10, 100 })]);
        Assert.Equal([30f, 300], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void A_gradient_can_be_kept_inside_the_graph_replaced_and_removed()
    {
        var x = tensor(2f).requires_grad_();
        var y = x * x;
        y.retain_grad();
        (y * 5).backward();
        Assert.Equal((5f, 20f), (y.grad!.item<float>(), x.grad!.item<float>()));
        Assert.False(y.is_leaf);
        x.grad = tensor(1f);
        Assert.Equal(1f, x.grad!.item<float>());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_graph_can_be_walked_twice_and_differentiated_again()
    {
        var x = tensor(3f).requires_grad_();
        var y = x * x * x;
        var first = autograd.grad([y], [x], retain_graph: true, create_graph: true)[0];
        var second = autograd.grad([first], [x])[0];
        Assert.Equal((27f, 18f), (first.item<float>(), second.item<float>()));
        Assert.Null(x.grad);
    }

    [Fact]
    public void No_graph_is_recorded_where_none_is_wanted()
    {
        var x = tensor(3f).requires_grad_();
        using (no_grad())
        {
            Assert.False((x * x).requires_grad);
            using (enable_grad()) Assert.True((x * x).requires_grad);
            Assert.False(is_grad_enabled());
        }

        using (inference_mode()) Assert.False((x * x).requires_grad);
        Assert.True((x * x).requires_grad);
        Assert.False((x * x).detach().requires_grad);
    }

    [Fact]
    public void Split_gradients_through_bytes_equal_the_whole_bit_for_bit()
    {
        using var generator = new Generator(5);
        var head = nn.Parameter(randn(16, 8, generator: generator));
        var middle = nn.Parameter(randn(16, 16, generator: generator));
        var tail = nn.Parameter(randn(4, 16, generator: generator));
        var input = randn(5, 8, generator: generator);
        var labels = tensor(new long[] { 0, 1, 2, 3, 0 });

        var whole = cross_entropy(linear(linear(linear(input, head).tanh(), middle).silu(), tail), labels);
        whole.backward();
        Tensor[] expected = [head.grad!.clone(), middle.grad!.clone(), tail.grad!.clone()];
        foreach (var parameter in new[] { head, middle, tail }) parameter.grad = null;

        var h0 = linear(input, head).tanh();
        var atMiddle = Travelled(h0).requires_grad_();
        var h1 = linear(atMiddle, middle).silu();
        var atTail = Travelled(h1).requires_grad_();
        var loss = cross_entropy(linear(atTail, tail), labels);
        loss.backward();
        h1.backward(grad_tensors: [Travelled(atTail.grad!)]);
        h0.backward(grad_tensors: [Travelled(atMiddle.grad!)]);

        Assert.Equal(whole.bytes.ToArray(), loss.bytes.ToArray());
        Tensor[] found = [head.grad!, middle.grad!, tail.grad!];
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.bytes.ToArray(), pair.Second.bytes.ToArray()));
    }

    private static Tensor Travelled(Tensor sent)
    {
        var wire = sent.detach().contiguous().bytes.ToArray();
        var received = empty(sent.shape, dtype: sent.dtype);
        received.bytes = wire;
        return received;
    }
}
