using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Keys and values in front of a block's own: a learned prefix, or what earlier passes left in a cache.</summary>
internal interface IBlockPast
{
    /// <param name="key">[B, KV, T, D], rotated</param>
    /// <param name="value">[B, KV, T, D]</param>
    /// <returns>[B, KV, S + T, D] each, S of the past and then the block's own</returns>
    (Tensor Key, Tensor Value) Join(Tensor key, Tensor value);
}
