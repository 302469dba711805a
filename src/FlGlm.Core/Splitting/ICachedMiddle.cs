using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// The middle blocks in generation, in this process or at the server: they read rows whole, then token by token. After a failure only whole
/// rows can follow; at a server nothing can, its session is over.
/// </summary>
public interface ICachedMiddle
{
    /// <summary>Reads whole rows; keys and values of earlier rows are gone.</summary>
    /// <param name="hidden">h0 [R, T, H]</param>
    /// <returns>hN-2 [R, T, H], the caller's</returns>
    ValueTask<Tensor> PrefillAsync(Tensor hidden, SequenceLayout layout, CancellationToken ct);

    /// <summary>Reads one token more per row.</summary>
    /// <param name="hidden">h0 [R, 1, H]</param>
    /// <param name="rows">[R] which row of the last pass each goes on from</param>
    /// <returns>hN-2 [R, 1, H], the caller's</returns>
    ValueTask<Tensor> DecodeAsync(Tensor hidden, IReadOnlyList<int> rows, CancellationToken ct);
}
