using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>The learned prefix of one block (P-tuning v2), in front of every row's own keys and values.</summary>
/// <param name="Key">[B, KV, L, D], never rotated</param>
/// <param name="Value">[B, KV, L, D]</param>
internal sealed record BlockPrefix(Tensor Key, Tensor Value) : IBlockPast
{
    /// <summary>The prefix of some of the rows.</summary>
    public BlockPrefix Rows(long first, long count) => new(Key.narrow(0, first, count), Value.narrow(0, first, count));

    /// <inheritdoc/>
    public (Tensor Key, Tensor Value) Join(Tensor key, Tensor value) => (cat([Key, key], 2), cat([Value, value], 2));
}
