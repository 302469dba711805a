using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The middle of a generation in the client's own process.</summary>
public sealed class LocalCachedMiddle(MiddleStage stage, ComputeLane lane) : ICachedMiddle, IDisposable
{
    private readonly CachedMiddle _middle = new(stage);

    /// <inheritdoc/>
    public async ValueTask<Tensor> PrefillAsync(Tensor hidden, SequenceLayout layout, CancellationToken ct) =>
        await lane.RunAsync(() => _middle.Prefill(hidden, layout), ct).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<Tensor> DecodeAsync(Tensor hidden, IReadOnlyList<int> rows, IReadOnlyList<int>? lengths, CancellationToken ct) =>
        await lane.RunAsync(() => _middle.Decode(hidden, rows, lengths), ct).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => _middle.Dispose();
}
