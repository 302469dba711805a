using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.Torch.Tests;

public sealed class OperationTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Operators_broadcast_and_mix_with_numbers()
    {
        var a = Row(1, 2, 4);
        Same([3, 4, 6], a + 2);
        Same([1, 0, -2], 2 - a);
        Same([2, 4, 8], 2.0 * a);
        Same([4, 2, 1], 4f / a);
        Same([-1, -2, -4], -a);
        Same([1, 0, 0], a % 2L + Row(0, 0, 0));
        Same([11, 12, 14, 21, 22, 24], a + tensor(new float[] { 10, 20 }, [2, 1]));
    }

    [Fact]
    public void Comparisons_are_element_by_element()
    {
        var a = Row(1, 2, 3);
        Assert.Equal([false, true, false], (a == 2).data<bool>().ToArray());
        Assert.Equal([true, false, false], (a < Row(2, 2, 2)).data<bool>().ToArray());
        Assert.Equal([true, true, false], (3 > a).data<bool>().ToArray());
        Assert.Equal([false, true, true], ((a >= 2) & (a != 0)).data<bool>().ToArray());
        Assert.Equal([true, false, true], (~(a == 2)).data<bool>().ToArray());
        Assert.True(a.Equals(Row(1, 2, 3)));
        Assert.True(a.allclose(a + 1e-9));
        Assert.True(isnan(Row(float.NaN)).item<bool>());
    }

    [Fact]
    public void In_place_operations_change_and_return_the_tensor()
    {
        var a = Row(1, 2, 3);
        Assert.Same(a, a.add_(Row(1, 1, 1), alpha: 2));
        Same([3, 4, 5], a);
        Same([1, 2, 3], a.sub_(2));
        Same([0.5f, 1, 1.5f], a.mul_(0.5));
        Same([2.5f, 5, 7.5f], a.addcmul_(a, Row(4, 4, 4), value: 1));
        Same([1.25f, 2.5f, 3.75f], a.lerp_(Row(0, 0, 0), Row(0.5f, 0.5f, 0.5f)));
        Same([2, 2.5f, 3], a.clamp_(min: 2, max: 3));
        Same([7, 7, 7], a.fill_(7));
    }

    [Fact]
    public void Functions_have_their_known_values()
    {
        var a = Row(0, 1, -1);
        Near([1, 2.7182817f, 0.36787945f], a.exp());
        Near([0, 0.8414710f, -0.8414710f], sin(a));
        Near([0.5f, 0.7310586f, 0.2689414f], sigmoid(a));
        Near([0, 0.7310586f, -0.2689414f], a.silu());
        Near([0, 0.8413447f, -0.1586553f], a.gelu());
        Near([0, 0.7615942f, -0.7615942f], a.tanh());
        Near([1, 0.5f], rsqrt(Row(1, 4)));
        Near([9, 4], Row(3, 2).pow(2));
        Near([3, -4], tensor(new float[] { 7, -7 }).div(2, RoundingMode.floor));
    }

    [Fact]
    public void Reductions_run_over_all_or_along_dimensions()
    {
        var a = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        Assert.Equal(21f, a.sum().item<float>());
        Same([5, 7, 9], a.sum(dim: 0)); // sum(0) would name the element type 0
        Same([6, 15], a.sum([1], keepdim: true));
        Same([2, 5], a.mean([1]));
        Assert.Equal(3.5f, a.mean().item<float>());
        Same([1, 1], a.std(1));
        Same([0.6666667f, 0.6666667f], a.var(1, unbiased: false));
        Same([4, 5, 6], a.amax([0]));
        Same([3, 6], a.max(1).Item1);
        Assert.Equal([2L, 2], a.argmax(1).data<long>().ToArray());
        Same([1, 3, 6, 4, 9, 15], a.cumsum(1));
        Near([9.539392f], a.norm());
        Near([3.4076059f, 6.407606f], logsumexp(a, 1));
        Same([6, 5], a.flatten().topk(2).Item1);
        Assert.Equal([2L, 0, 1], tensor(new float[] { 2, 3, 1 }).sort().Item2.data<long>().ToArray());
        Assert.True((a > 0).all().item<bool>());
        Assert.Equal([2L, 1], (a > 4).nonzero().shape[..1].Append((a > 4).any().ToInt64()).ToArray());
    }

    [Fact]
    public void Shapes_change_without_the_elements()
    {
        var a = arange(6, dtype: float32).view(2, 3);
        Assert.Equal([3L, 2], a.t().shape);
        Same([0, 3, 1, 4, 2, 5], a.transpose(0, 1).reshape(6));
        Assert.Equal([1L, 2, 3], a.unsqueeze(0).shape);
        Assert.Equal([2L, 3], a.unsqueeze(0).squeeze(0).shape);
        Assert.Equal([4L, 2, 3], a.expand(4, 2, 3).shape);
        Same([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], a.repeat(2, 1));
        Same([0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5], a.repeat_interleave(2, dim: 0));
        Same([0, 1, 2, 0, 4, 5], a.triu());
        Assert.Equal([3L, 2, 1], a.view(1, 2, 3).permute(2, 1, 0).shape);
    }

    [Fact]
    public void Parts_and_wholes_fit_together()
    {
        var a = arange(10, dtype: float32);
        var parts = a.split(4);
        Assert.Equal([4L, 4, 2], parts.Select(part => part.numel()));
        Same(a.data<float>().ToArray(), cat(parts));
        Assert.Equal([2L, 8], a.split([2, 8]).Select(part => part.numel()));
        Assert.Equal([5L, 5], a.chunk(2).Select(part => part.numel()));
        Assert.Equal([2L, 10], stack([a, a]).shape);
        Assert.Equal(10, a.unbind().Length);
        Same([3, 4], a.narrow(0, 3, 2));
        Same([1, 3], a.slice(0, 1, 5, 2));
        Same([9, 0], a.index_select(0, tensor(new long[] { 9, 0 })));
        Same([0, 1, 0, 2], zeros(4).scatter_(0, tensor(new long[] { 1, 3 }), Row(1, 2)));
        Same([0, 3, 0], zeros(3).index_add_(0, tensor(new long[] { 1, 1 }), Row(1, 2), alpha: 1));
        Same([0, float.NegativeInfinity], Row(0, 1).masked_fill(Row(0, 1) > 0, float.NegativeInfinity));
        Same([1, 20], where(Row(1, 0) > 0, Row(1, 2), Row(10, 20)));
    }

    [Fact]
    public void Indices_pick_positions_slices_masks_and_lists()
    {
        var a = arange(12, dtype: float32).view(3, 4);
        Assert.Equal(6f, a[1, 2].item<float>());
        Same([4, 5, 6, 7], a[1]);
        Same([1, 5, 9], a[.., 1]);
        Same([8, 9, 10, 11], a[^1, ..]);
        Same([0, 2, 8, 10], a[TensorIndex.Slice(0, 3, 2), TensorIndex.Slice(step: 2)]);
        Same([3, 7, 11], a[TensorIndex.Ellipsis, TensorIndex.Single(-1)]);
        Assert.Equal([3L, 1, 4], a[TensorIndex.Colon, TensorIndex.Null].shape);
        Same([9, 10, 11], a[a > 8]);
        Same([8, 9, 10, 11, 0, 1, 2, 3], a[tensor(new long[] { 2, 0 })]);
        a[0, 0] = tensor(50f);
        a[TensorIndex.Single(1)] = zeros(4);
        Same([50, 1, 2, 3, 0, 0, 0, 0], a[..2]);
    }

    [Fact]
    public void Products_have_their_known_values()
    {
        var a = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);
        Same([7, 10, 15, 22], a.matmul(a));
        Same([8, 11, 16, 23], ones(2, 2).addmm(a, a));
        Same([7, 10, 15, 22], a.unsqueeze(0).bmm(a.unsqueeze(0)));
        Same([7, 10, 15, 22], einsum("ij,jk->ik", a, a));
        Same([3, 4, 6, 8], Row(1, 2).outer(Row(3, 4)));
    }

    private static Tensor Row(params float[] values) => tensor(values);

    private static void Same(float[] expected, Tensor actual) => Assert.Equal(expected, actual.data<float>().ToArray());

    private static void Near(float[] expected, Tensor actual)
    {
        var found = actual.data<float>().ToArray();
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }
}
