using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>Brings vectors to mean 0 and deviation 1 in each dimension, by those of the shadow set: gradients are small numbers.</summary>
internal sealed class Standardised : IDisposable
{
    private readonly Tensor _mean;
    private readonly Tensor _scale;

    public Standardised(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        _mean = vectors.mean([0L]).DetachFromDisposeScope();
        _scale = vectors.std(0L).PlusInPlace(1e-12).reciprocal().DetachFromDisposeScope();
    }

    public Tensor Of(Tensor hidden) => (hidden - _mean) * _scale;

    public void Dispose()
    {
        _mean.Dispose();
        _scale.Dispose();
    }
}
