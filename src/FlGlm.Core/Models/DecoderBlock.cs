using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>One decoder block. Head, middle and tail are ranges of these; there is no second copy of a model.</summary>
internal abstract class DecoderBlock
{
    /// <summary>The block's linear layers under their published module names, e.g. <c>model.layers.3.self_attn.q_proj</c>.</summary>
    public abstract IEnumerable<Projection> Projections { get; }

    /// <param name="hidden">[B, T, H]</param>
    /// <param name="context">rotary tables, mask and dropout of this pass</param>
    /// <param name="past">keys and values in front of this pass's, or null</param>
    /// <returns>[B, T, H]</returns>
    public abstract Tensor Forward(Tensor hidden, BlockContext context, IBlockPast? past);
}
