using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.Torch.Tests;

public sealed class ElementTests
{
    [Fact]
    public void Elements_come_back_as_they_went_in()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([1.5f, -2f, 0.25f], tensor(new float[] { 1.5f, -2f, 0.25f }).data<float>().ToArray());
        Assert.Equal([long.MinValue, 7L], tensor(new long[] { long.MinValue, 7L }).data<long>().ToArray());
        Assert.Equal([true, false], tensor(new bool[] { true, false }).data<bool>().ToArray());
        Assert.Equal([int.MaxValue], tensor(new int[] { int.MaxValue }).data<int>().ToArray());
    }

    [Fact]
    public void The_type_is_that_of_the_values_unless_told_otherwise()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(float64, tensor(1.0).dtype);
        Assert.Equal(float32, tensor(1f).dtype);
        Assert.Equal(int32, tensor(1).dtype);
        Assert.Equal(bfloat16, tensor(new double[] { 1, 2 }, dtype: bfloat16).dtype);
        Assert.Equal(int64, arange(3).dtype);
        Assert.Equal(float32, zeros(2, 3).dtype);
    }

    [Fact]
    public void Shapes_are_those_given()
    {
        using var scope = NewDisposeScope();
        var cube = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [1, 2, 3]);
        Assert.Equal([1L, 2, 3], cube.shape);
        Assert.Equal((3L, 6L, 2L), (cube.ndim, cube.numel(), cube.size(1)));
        Assert.Empty(tensor(3f).shape);
        Assert.Throws<ArgumentException>(() => tensor(new float[] { 1, 2, 3 }, [2, 2]));
    }

    [Fact]
    public void Bytes_are_the_memory_itself()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new float[] { 1, 2 });
        BitConverter.TryWriteBytes(numbers.bytes[4..], 5f);
        Assert.Equal([1f, 5f], numbers.data<float>().ToArray());
        numbers.bytes = zeros(2).bytes;
        Assert.Equal([0f, 0f], numbers.data<float>().ToArray());
    }

    [Fact]
    public void A_strided_tensor_reads_in_its_own_order()
    {
        using var scope = NewDisposeScope();
        var transposed = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]).t();
        Assert.False(transposed.is_contiguous());
        Assert.Equal([1f, 3, 2, 4], transposed.data<float>().ToArray());
        Assert.Equal(2f, transposed.data<float>()[1, 0]);
        transposed.data<float>().CopyFrom([9, 8, 7, 6]);
        Assert.Equal([9f, 7, 8, 6], transposed.t().data<float>().ToArray());
    }

    [Fact]
    public void An_item_is_the_only_element_in_its_own_type()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(3L, tensor(3L).item<long>());
        Assert.Equal(2.5f, tensor(new float[] { 2.5f }).item<float>());
        Assert.Equal(2, tensor(2.5f).ToInt32());
        Assert.Equal(2.5, (double)tensor(2.5f));
        Assert.Throws<ArgumentException>(() => tensor(3L).item<float>());
    }

    [BindingFact]
    public void A_buffer_and_its_tensor_are_one()
    {
        var buffer = new float[] { 1, 2, 3, 4 };
        using var scope = NewDisposeScope();
        var last = frombuffer(buffer, float32, count: 2, offset: 8);
        buffer[2] = 30;
        last[1] = tensor(40f);
        Assert.Equal(30f, last[0].item<float>());
        Assert.Equal(40f, buffer[3]);
    }

    [Theory]
    [InlineData(1f, (ushort)0x3f80)]
    [InlineData(1.00390625f, (ushort)0x3f80)]
    [InlineData(1.01171875f, (ushort)0x3f82)]
    [InlineData(-3.4e38f, (ushort)0xff80)]
    public void A_brain_float_rounds_to_even_as_libtorch_does(float value, ushort bits)
    {
        using var scope = NewDisposeScope();
        var native = tensor(value).to(bfloat16);
        Assert.Equal(bits, BitConverter.ToUInt16(native.bytes));
        Assert.Equal(native.item<BFloat16>(), new BFloat16(value));
        Assert.Equal(native.ToSingle(), new BFloat16(value).ToSingle());
    }

    [Fact]
    public void A_conversion_keeps_what_fits()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new float[] { 1.75f, -2.5f });
        Assert.Equal([1L, -2], numbers.to(int64).data<long>().ToArray());
        Assert.Equal([(Half)1.75f, (Half)(-2.5f)], numbers.half().data<Half>().ToArray());
        Assert.Equal(CPU.ToString(), numbers.to("cpu").device.ToString());
    }

    [Fact]
    public void A_device_is_read_from_its_name()
    {
        var second = device("cuda:1");
        Assert.Equal((DeviceType.CUDA, 1, "cuda:1"), (second.type, second.index, second.ToString()));
        Assert.Equal((DeviceType.CPU, "cpu"), (device("cpu").type, device("cpu").ToString()));
    }
}
