using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// The middle blocks in generation, in this process or at the server: first whole rows are computed, then rows go on. After a
/// failure only whole rows may follow; at a server the session is over.
/// </summary>
public interface ICachedMiddle
{
    /// <summary>Computes whole rows; keys and values of earlier rows are dropped.</summary>
    /// <param name="hidden">h0 [R, T, H]</param>
    /// <returns>hN-2 [R, T, H], the caller's</returns>
    ValueTask<Tensor> PrefillAsync(Tensor hidden, SequenceLayout layout, CancellationToken ct);

    /// <summary>Computes more tokens of each row.</summary>
    /// <param name="hidden">h0 [R, T, H]</param>
    /// <param name="rows">[R] for each row, the row of the last call that it continues</param>
    /// <param name="lengths">[R] the new tokens of each row, at most T; null = one each</param>
    /// <returns>hN-2 [R, T, H], the caller's</returns>
    ValueTask<Tensor> DecodeAsync(Tensor hidden, IReadOnlyList<int> rows, IReadOnlyList<int>? lengths, CancellationToken ct);
}
