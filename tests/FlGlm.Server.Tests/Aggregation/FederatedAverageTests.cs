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
        foreach (var (client, value, samples) in new[] { (1, 1f, 10L), (2, 2f, 30L), (3, 5f, 60L) })
            average.Add(client, Of(tensor([value, -value])), samples);

        using var mean = average.Take();

        var values = mean.Tensors.Single().Value.data<float>().ToArray();
        Assert.Equal(3.7f, values[0], 1e-6f);
        Assert.Equal(-3.7f, values[1], 1e-6f);
    }

    [Fact]
    public void The_mean_of_one_client_is_that_client_bit_for_bit()
    {
        using var average = new FederatedAverage();
        var parameters = Of(rand(1000, dtype: float32));
        var values = parameters.Tensors[0].Value.data<float>().ToArray();
        average.Add(1, parameters, 3);

        using var mean = average.Take();

        Assert.Equal(values, mean.Tensors[0].Value.data<float>().ToArray());
    }

    [Fact]
    public void The_mean_of_equal_clients_is_each_of_them_bit_for_bit()
    {
        using var average = new FederatedAverage();
        using var same = rand(1000, dtype: float32);
        for (var client = 1; client <= 3; client++)
            average.Add(client, Of(same.clone()), client);

        using var mean = average.Take();

        Assert.Equal(same.data<float>().ToArray(), mean.Tensors[0].Value.data<float>().ToArray());
    }

    [Fact]
    public void Half_precision_is_averaged_in_float64_and_comes_back_as_it_was()
    {
        using var average = new FederatedAverage();
        foreach (var (client, value) in new[] { (1, 256f), (2, 258f), (3, 258f) })
            average.Add(client, Of(full(1, value, dtype: bfloat16)), 1);

        using var mean = average.Take();

        Assert.Equal(ScalarType.BFloat16, mean.Tensors[0].Value.dtype);
        Assert.Equal(258f, mean.Tensors[0].Value.to(float32).item<float>());
    }

    [Fact]
    public void After_Take_the_average_is_empty()
    {
        using var average = new FederatedAverage();
        average.Add(1, Of(tensor([100f])), 5);
        average.Take().Dispose();
        average.Add(1, Of(tensor([1f])), 1);

        using var mean = average.Take();

        Assert.Equal(1f, mean.Tensors[0].Value.item<float>());
        Assert.Equal(0, average.Clients);
    }

    [Fact]
    public void Parameters_in_another_order_are_refused_and_not_counted()
    {
        using var average = new FederatedAverage();
        var first = new ParameterSet([("a", tensor([1f])), ("b", tensor([10f]))]);
        using var crossed = new ParameterSet([("b", tensor([20f])), ("a", tensor([2f]))]);
        average.Add(1, first, 5);

        Assert.Throws<ArgumentException>(() => average.Add(2, crossed, 5));

        using var mean = average.Take();
        Assert.Equal([1f, 10f], mean.Tensors.Select(tensor => tensor.Value.item<float>()));
    }

    [Fact]
    public void The_bits_do_not_depend_on_who_comes_first_and_small_shares_are_not_lost()
    {
        float[][] bits = [.. new int[][] { [1, 2, 3], [3, 1, 2], [2, 3, 1] }.Select(order =>
        {
            using var average = new FederatedAverage();
            foreach (var client in order)
                average.Add(client, Of(tensor([client == 1 ? 1e8f : client == 2 ? -1e8f : 0.75f])), 1);
            using var mean = average.Take();
            return mean.Tensors[0].Value.data<float>().ToArray();
        })];

        Assert.All(bits, values => Assert.Equal(bits[0], values));
        Assert.Equal(0.25f, bits[0][0], 1e-7f);
    }

    [Fact]
    public void A_client_counts_once()
    {
        using var average = new FederatedAverage();
        average.Add(1, Of(tensor([1f])), 1);
        using var again = Of(tensor([1f]));

        Assert.Throws<ArgumentException>(() => average.Add(1, again, 1));
    }

    private static ParameterSet Of(Tensor value) => new([("a", value)]);
}
