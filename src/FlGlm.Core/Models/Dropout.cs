using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>
/// Inverted dropout from one stage's own generator, seeded by (seed, stage): a run draws the same numbers split or whole.
/// </summary>
internal sealed class Dropout : IDisposable
{
    private readonly Generator _generator;

    public Dropout(long seed, Device device)
    {
        _generator = new Generator((ulong)seed, device);
        _generator.manual_seed(seed);
    }

    /// <summary>Off in evaluation.</summary>
    public bool Active { get; set; }

    /// <param name="x">any shape</param>
    /// <param name="probability">of an element to be dropped</param>
    /// <returns>x with dropped elements 0 and the others divided by 1 - p; x itself when inactive</returns>
    public Tensor Apply(Tensor x, double probability)
    {
        if (!Active || probability == 0)
            return x;
        var kept = rand(x.shape, dtype: float32, device: x.device, generator: _generator).ge(probability);
        return x * kept.to(x.dtype).mul_(1 / (1 - probability));
    }

    public void Dispose() => _generator.Dispose();
}
