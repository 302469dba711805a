using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Named tensors on the CPU without graph: the trained values of some stages, sent between the two sides.</summary>
public sealed class ParameterSet(IReadOnlyList<(string Name, Tensor Value)> tensors) : IDisposable
{
    /// <summary>The tensors with their names, in the order they were given; disposed with the set.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Tensors { get; } = tensors;

    /// <summary>The values that parameters have now.</summary>
    public static ParameterSet CopyOf(IEnumerable<NamedParameter> parameters) =>
        new([.. parameters.Select(parameter => (parameter.Name, Detached(parameter.Value, copies: true)))]);

    /// <summary>The values of parameters that nothing changes any more: in the processor's memory they are not copied.</summary>
    public static ParameterSet OfFinal(IEnumerable<NamedParameter> parameters) =>
        new([.. parameters.Select(parameter => (parameter.Name, Detached(parameter.Value, copies: false)))]);

    /// <summary>The tensors by their names; they stay the set's.</summary>
    internal IReadOnlyDictionary<string, Tensor> ByName() => Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Value, StringComparer.Ordinal);

    /// <summary>Overwrites parameters with the values of the same names.</summary>
    /// <param name="parameters">must have exactly the set's names and shapes</param>
    public void CopyTo(IReadOnlyList<NamedParameter> parameters)
    {
        using var frozen = no_grad();
        var byName = ByName();
        foreach (var parameter in parameters)
            parameter.Value.copy_(byName[parameter.Name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, value) in Tensors)
            value.Dispose();
    }

    private static Tensor Detached(Tensor value, bool copies)
    {
        using var scope = NewDisposeScope();
        var here = value.detach().cpu();
        return (copies ? here.clone() : here).MoveToOuterDisposeScope();
    }
}
