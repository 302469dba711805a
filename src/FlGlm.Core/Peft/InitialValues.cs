using FlGlm.Core.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Random initial values, each tensor from its own generator, drawn on the CPU so that they are the same for every device.</summary>
internal sealed class InitialValues(long seed, Device device)
{
    /// <summary>U(-bound, bound) in float32.</summary>
    public Parameter Uniform(string name, double bound, params long[] shape)
    {
        using var scope = NewDisposeScope();
        using var generator = Generator(name);
        return Place(empty(shape, dtype: float32).uniform_(-bound, bound, generator));
    }

    /// <summary>N(0, 1) in float32.</summary>
    public Parameter Normal(string name, params long[] shape) => Normal(name, 1.0, shape);

    /// <summary>N(0, deviation^2) in float32.</summary>
    public Parameter Normal(string name, double deviation, long[] shape)
    {
        using var scope = NewDisposeScope();
        using var generator = Generator(name);
        return Place(empty(shape, dtype: float32).normal_(0, deviation, generator));
    }

    public Parameter Zeros(params long[] shape)
    {
        using var scope = NewDisposeScope();
        return Place(zeros(shape, dtype: float32));
    }

    /// <summary>Runs inside the caller's dispose scope; the parameter is detached from it.</summary>
    private Parameter Place(Tensor values)
    {
        var parameter = new Parameter(values.to(device), requires_grad: true);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    private Generator Generator(string name)
    {
        var stable = StableSeed.Of(seed, name);
        var generator = new Generator((ulong)stable);
        generator.manual_seed(stable);
        return generator;
    }
}
