using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>
/// Inverted dropout from one stage's own generator, seeded by (seed, stage): a run draws the same numbers split or whole.
/// </summary>
internal sealed class Dropout : IDropout, IDisposable
{
    private readonly Generator _generator;
    private readonly Device _device;

    public Dropout(long seed, Device device)
    {
        _device = device;
        _generator = new Generator((ulong)seed, device);
        _generator.manual_seed(seed);
    }

    /// <inheritdoc/>
    public bool Active { get; set; }

    /// <summary>What the next numbers follow from; the caller disposes it.</summary>
    public Tensor GetState() => _generator.get_state();

    public void SetState(Tensor state) => _generator.set_state(state);

    /// <inheritdoc/>
    public Tensor Apply(Tensor x, double probability) => !Active || probability == 0 ? x : x * Factors(x.shape, probability, x.dtype);

    /// <summary>Draws what elements are multiplied by.</summary>
    /// <returns>0 where an element is dropped, else 1 / (1 - p)</returns>
    public Tensor Factors(long[] shape, double probability, ScalarType dtype) =>
        rand(shape, dtype: float32, device: _device, generator: _generator).IsAtLeast(probability).to(dtype).TimesInPlace(1 / (1 - probability));

    public void Dispose() => _generator.Dispose();
}
