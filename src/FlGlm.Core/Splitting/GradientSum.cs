using FlGlm.Core.Compute;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>Gradients of a stage's parameters that are kept beside them: they add up pass after pass, as they would in the parameters.</summary>
internal sealed class GradientSum(IReadOnlyList<NamedParameter> parameters) : IDisposable
{
    private readonly Tensor?[] _sums = new Tensor?[parameters.Count];

    /// <summary>Takes the gradients out of the parameters and adds them.</summary>
    public void Take()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        for (var i = 0; i < _sums.Length; i++)
        {
            if (parameters[i].Value.grad is not { } gradient)
                continue;
            parameters[i].Value.grad = null;
            if (_sums[i] is { } sum)
                sum.PlusInPlace(gradient);
            else
                _sums[i] = gradient.DetachFromDisposeScope();
        }
    }

    /// <summary>Adds the sums to the parameters' gradients.</summary>
    /// <param name="weight">that they are multiplied by</param>
    public void AddToParameters(double weight)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (parameter, sum) in parameters.Zip(_sums))
        {
            if (sum is null)
                continue;
            var share = weight == 1 ? sum : sum.Times(weight);
            if (parameter.Value.grad is { } gradient)
                gradient.PlusInPlace(share);
            else
                parameter.Value.grad = weight == 1 ? share.clone() : share;
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i]?.Dispose();
            _sums[i] = null;
        }
    }
}
