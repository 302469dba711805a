using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Server.Aggregation;

/// <summary>
/// The sample-weighted mean of the clients' parameters, sum of w_i theta_i with w_i = n_i / sum of n, kept in float32.
/// It is updated client by client, so the weights count only the clients that were added, and the mean of one client is that client.
/// </summary>
public sealed class FederatedAverage : IDisposable
{
    private List<(string Name, Tensor Value, ScalarType Dtype)> _mean = [];
    private double _samples;

    /// <summary>The number of clients added.</summary>
    public int Clients { get; private set; }

    /// <summary>mean += (theta - mean) n / (samples so far + n).</summary>
    /// <param name="parameters">the same names in the same order each time; the caller disposes them</param>
    /// <param name="samples">n_i</param>
    /// <exception cref="ArgumentException">Other names or another order; nothing is added.</exception>
    public void Add(ParameterSet parameters, long samples)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        if (Clients == 0)
            _mean = [.. parameters.Tensors.Select(tensor => (tensor.Name, Own(tensor.Value), tensor.Value.dtype))];
        else
            Join(parameters, samples / (_samples + samples));
        _samples += samples;
        Clients++;
    }

    /// <summary>The mean in the parameters' own dtypes; afterwards the average is empty again.</summary>
    public ParameterSet Take()
    {
        var mean = new ParameterSet([.. _mean.Select(tensor => (tensor.Name, InDtype(tensor.Value, tensor.Dtype)))]);
        (_mean, _samples, Clients) = ([], 0, 0);
        return mean;
    }

    public void Dispose()
    {
        foreach (var (_, value, _) in _mean)
            value.Dispose();
    }

    private void Join(ParameterSet parameters, double weight)
    {
        if (!parameters.Tensors.Select(tensor => tensor.Name).SequenceEqual(_mean.Select(tensor => tensor.Name)))
            throw new ArgumentException("These are not the parameters of the clients before, in their order.", nameof(parameters));
        foreach (var ((_, mean, _), (_, value)) in _mean.Zip(parameters.Tensors))
            mean.add_((value.to(float32) - mean).mul_(weight));
    }

    private static Tensor Own(Tensor value) => value.to(float32, copy: true).DetachFromDisposeScope();

    private static Tensor InDtype(Tensor value, ScalarType dtype)
    {
        if (dtype == float32)
            return value;
        using (value)
            return value.to(dtype).DetachFromDisposeScope();
    }
}
