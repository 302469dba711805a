using FlGlm.Core.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>Random values that depend on a seed and a name alone.</summary>
internal static class SeededValues
{
    public static Tensor Normal(long seed, string name, double deviation, ReadOnlySpan<long> shape)
    {
        using var generator = Of(seed, name);
        return empty(shape.ToArray(), dtype: float32).normal_(0, deviation, generator);
    }

    /// <summary>A parameter that begins with these values; the caller disposes it.</summary>
    public static Parameter Trained(Tensor values)
    {
        var parameter = new Parameter(values.detach(), requires_grad: true);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    public static Generator Of(long seed, string name)
    {
        var own = StableSeed.Of(seed, name);
        var generator = new Generator((ulong)own);
        generator.manual_seed(own);
        return generator;
    }
}
