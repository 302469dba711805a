using FlGlm.Core.Compute;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Server.Aggregation;

/// <summary>
/// The weighted mean of the clients' parameters, sum of w_i theta_i with w_i = n_i / sum of n. Contributions are kept until the mean is
/// taken, added in the order of the clients' numbers in float64, and cast once, so that the bits do not depend on who came first.
/// </summary>
/// <remarks>It holds head and tail of every client until then: in full fine-tuning also M times the embedding and the LM head.</remarks>
internal sealed class FederatedAverage : IDisposable
{
    private readonly SortedDictionary<int, (ParameterSet Parameters, double Weight)> _contributions = [];

    /// <summary>The number of clients added.</summary>
    public int Clients => _contributions.Count;

    /// <summary>What was added since the last mean, in the order of the clients' numbers.</summary>
    public IReadOnlyDictionary<int, (ParameterSet Parameters, double Weight)> Contributions => _contributions;

    public bool Has(int client) => _contributions.ContainsKey(client);

    /// <summary>Adds a client's parameters, which belong to the average from now on.</summary>
    /// <param name="client">its number, from 1</param>
    /// <param name="parameters">the same names in the same order each time</param>
    /// <param name="weight">n_i, more than 0</param>
    /// <exception cref="ArgumentException">Other names or another order, or a client that has been added already; nothing is added.</exception>
    public void Add(int client, ParameterSet parameters, double weight)
    {
        if (_contributions.Count > 0 && !Names(parameters).SequenceEqual(Names(_contributions.Values.First().Parameters)))
            throw new ArgumentException("These are not the parameters of the clients before, in their order.", nameof(parameters));
        if (!_contributions.TryAdd(client, (parameters, weight)))
            throw new ArgumentException($"Client {client} has been added already.", nameof(client));
    }

    /// <summary>The mean in the parameters' own dtypes; afterwards the average is empty again.</summary>
    public ParameterSet Take()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var all = _contributions.Values.Sum(contribution => contribution.Weight);
        var first = _contributions.Values.First().Parameters.Tensors;
        var mean = new ParameterSet([.. first.Select((tensor, index) => (tensor.Name, Mean(index, all).to(tensor.Value.dtype).DetachFromDisposeScope()))]);
        Clear();
        return mean;
    }

    /// <summary>The same; null where no client has been added.</summary>
    public ParameterSet? TakeIfAny() => Clients > 0 ? Take() : null;

    public void Dispose() => Clear();

    /// <summary>The mean of one tensor, in float64.</summary>
    private Tensor Mean(int index, double all)
    {
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        foreach (var (parameters, own) in _contributions.Values)
        {
            var share = parameters.Tensors[index].Value.to(float64).Times(own / all);
            sum = sum is null ? share : sum.PlusInPlace(share);
        }

        return sum!.MoveToOuterDisposeScope();
    }

    private void Clear()
    {
        foreach (var (parameters, _) in _contributions.Values)
            parameters.Dispose();
        _contributions.Clear();
    }

    private static IEnumerable<string> Names(ParameterSet parameters) => parameters.Tensors.Select(tensor => tensor.Name);
}
