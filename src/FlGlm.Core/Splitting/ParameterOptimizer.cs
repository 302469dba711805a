using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// Steps float32 parameters by their gradients, with the kernels and in the order of torch.optim's loop over single tensors. Everything that
/// the next step depends on beside parameters and gradients is <see cref="Steps"/> and the moments.
/// </summary>
internal abstract class ParameterOptimizer : IDisposable
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly IReadOnlyList<string> _names;
    private readonly Tensor[][] _moments;

    /// <param name="moments">the names of the moments of a parameter</param>
    protected ParameterOptimizer(IReadOnlyList<Parameter> parameters, IReadOnlyList<string> moments)
    {
        (_parameters, _names) = (parameters, moments);
        _moments = [.. parameters.Select(parameter => moments.Select(_ => zeros_like(parameter).DetachFromDisposeScope()).ToArray())];
    }

    /// <summary>Steps since the moments were 0. A step that fails or finds no gradient does not count.</summary>
    public long Steps { get; set; }

    /// <summary>Moves the parameters that have a gradient; leaves the gradients as they are.</summary>
    public void Step(double rate)
    {
        using var frozen = no_grad();
        if (!HasGradient())
            return;
        Move(rate, Steps + 1);
        Steps++;
    }

    /// <summary>Drops the gradients.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in _parameters)
            parameter.grad = null;
    }

    /// <summary>The moments of each parameter by name, in this object's memory; the caller disposes them.</summary>
    public IReadOnlyList<IReadOnlyList<(string Name, Tensor Value)>> OpenMoments() =>
        [.. _moments.Select(moments => _names.Zip(moments, (name, moment) => (name, moment.alias())).ToList())];

    /// <summary>The moments begin again from 0.</summary>
    public void Reset()
    {
        Steps = 0;
        foreach (var moment in _moments.SelectMany(moments => moments))
            moment.zero_();
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (var moment in _moments.SelectMany(moments => moments))
            moment.Dispose();
    }

    /// <param name="step">counted from 1</param>
    protected abstract void Move(double rate, long step);

    /// <summary>
    /// The parameters that have a gradient, with their moments in the order of the names. Each has a dispose scope of its own, so that memory
    /// holds the temporary tensors of one parameter only.
    /// </summary>
    protected IEnumerable<(Parameter Parameter, Tensor Gradient, Tensor[] Moments)> WithGradient()
    {
        foreach (var (parameter, moments) in _parameters.Zip(_moments))
        {
            using var scope = NewDisposeScope();
            if (parameter.grad is { } gradient)
                yield return (parameter, gradient, moments);
        }
    }

    private bool HasGradient()
    {
        using var scope = NewDisposeScope();
        return _parameters.Any(parameter => parameter.grad is not null);
    }
}
