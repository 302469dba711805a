using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// Float32 copies of bfloat16 parameters. A bfloat16 has 8 bits of precision: small updates would vanish in it, and Adam's second moment
/// would never decay (0.999 is 1 there).
/// </summary>
internal sealed class MasterWeights : IDisposable
{
    private readonly IReadOnlyList<(Parameter Trained, Parameter Stepped)> _pairs;

    public MasterWeights(IEnumerable<NamedParameter> parameters) => _pairs = [.. parameters.Select(parameter => (parameter.Value, Copy(parameter.Value)))];

    /// <summary>The parameters of the optimizer: the copies, and the parameters that are float32 themselves.</summary>
    public IReadOnlyList<Parameter> Stepped => [.. _pairs.Select(pair => pair.Stepped)];

    private IEnumerable<(Parameter Trained, Parameter Stepped)> Copies => _pairs.Where(pair => !ReferenceEquals(pair.Trained, pair.Stepped));

    /// <summary>Before a step: moves the gradients to the copies. Copies values that were set since the last step too, e.g. an average.</summary>
    public void TakeGradients()
    {
        using var frozen = no_grad();
        foreach (var (trained, stepped) in Copies)
        {
            using var scope = NewDisposeScope();
            stepped.copy_(where(trained.eq(stepped.to(trained.dtype)), stepped, trained.to(float32)));
            stepped.grad = trained.grad?.to(float32);
            trained.grad = null;
        }
    }

    /// <summary>After a step: rounds the copies into the trained parameters.</summary>
    public void RoundInto()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (trained, stepped) in Copies)
            trained.copy_(stepped);
    }

    public void Dispose()
    {
        foreach (var (_, copy) in Copies)
            copy.Dispose();
    }

    private static Parameter Copy(Parameter trained)
    {
        if (trained.dtype == float32)
            return trained;
        using var scope = NewDisposeScope();
        var copy = new Parameter(trained.detach().to(float32), requires_grad: true);
        copy.DetachFromDisposeScope();
        return copy;
    }
}
