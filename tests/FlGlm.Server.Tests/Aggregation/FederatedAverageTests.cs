using FlGlm.Core.Peft;
using FlGlm.Server.Aggregation;
using static TorchSharp.torch;

namespace FlGlm.Server.Tests.Aggregation;

public sealed class FederatedAverageTests
{
    [Fact]
    public void The_mean_is_weighted_by_samples()
    {
        using var average = new FederatedAverage();
        foreach (var (value, samples) in new[] { (1f, 10L), (2f, 30L), (5f, 60L) })
        {
            using var parameters = Of(tensor([value, -value]));
            average.Add(parameters, samples);
        }

        using var mean = average.Take();

        var values = mean.Tensors.Single().Value.data<float>().ToArray();
        Assert.Equal(3.7f, values[0], 1e-6f);
        Assert.Equal(-3.7f, values[1], 1e-6f);
    }

    [Fact]
    public void The_mean_of_one_client_is_that_client_bit_for_bit()
    {
        using var average = new FederatedAverage();
        using var parameters = Of(rand(1000, dtype: float32));
        average.Add(parameters, 3);

        using var mean = average.Take();

        Assert.Equal(parameters.Tensors[0].Value.data<float>().ToArray(), mean.Tensors[0].Value.data<float>().ToArray());
    }

    [Fact]
    public void The_mean_of_equal_clients_is_each_of_them_bit_for_bit()
    {
        using var average = new FederatedAverage();
        using var parameters = Of(rand(1000, dtype: float32));
        for (var client = 1; client <= 3; client++)
            average.Add(parameters, client);

        using var mean = average.Take();

        Assert.Equal(parameters.Tensors[0].Value.data<float>().ToArray(), mean.Tensors[0].Value.data<float>().ToArray());
    }

    [Fact]
    public void Half_precision_is_averaged_in_float32_and_comes_back_as_it_was()
    {
        using var average = new FederatedAverage();
        foreach (var value in new[] { 256f, 258f, 258f })
        {
            using var parameters = Of(full(1, value, dtype: bfloat16));
            average.Add(parameters, 1);
        }

        using var mean = average.Take();

        Assert.Equal(ScalarType.BFloat16, mean.Tensors[0].Value.dtype);
        Assert.Equal(258f, mean.Tensors[0].Value.to(float32).item<float>());
    }

    [Fact]
    public void After_Take_the_average_is_empty()
    {
        using var average = new FederatedAverage();
        using var old = Of(tensor([100f]));
        average.Add(old, 5);
        average.Take().Dispose();
        using var parameters = Of(tensor([1f]));
        average.Add(parameters, 1);

        using var mean = average.Take();

        Assert.Equal(1f, mean.Tensors[0].Value.item<float>());
        Assert.Equal(0, average.Clients);
    }

    [Fact]
    public void Parameters_in_another_order_are_refused_and_not_counted()
    {
        using var average = new FederatedAverage();
        using var first = new ParameterSet([("a", tensor([1f])), ("b", tensor([10f]))]);
        using var crossed = new ParameterSet([("b", tensor([20f])), ("a", tensor([2f]))]);
        average.Add(first, 5);

        Assert.Throws<ArgumentException>(() => average.Add(crossed, 5));

        using var mean = average.Take();
        Assert.Equal([1f, 10f], mean.Tensors.Select(tensor => tensor.Value.item<float>()));
    }

    private static ParameterSet Of(Tensor value) => new([("a", value)]);
}
