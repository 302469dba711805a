using FlGlm.Client.Generation;
using FlGlm.Core.Splitting;

namespace FlGlm.Testing;

/// <summary>Cached generation with the three stages in one process.</summary>
public sealed class LocalGeneration : IDisposable
{
    private readonly ComputeLane _lane = new("generation");
    private readonly LocalCachedMiddle _middle;
    private readonly SplitDecoder _decoder;

    /// <param name="stages">the caller disposes them</param>
    public LocalGeneration(ThreeStages stages)
    {
        _middle = new LocalCachedMiddle(stages.Middle, _lane);
        _decoder = new SplitDecoder(stages.Client, _middle, _lane);
    }

    public IDecoder Decoder => _decoder;

    public void Dispose()
    {
        _decoder.Dispose();
        _middle.Dispose();
        _lane.Dispose();
    }
}
