using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>
/// P-tuning v2: the prefix keys and values of the blocks of one stage, in float32 for any dtype of the base.
/// Without projection every block's prefix is a separate parameter, so the cut does not matter; with projection the stage
 /// trains one small MLP for its blocks, which is another parametrisation than the published single encoder.
/// </summary>
public abstract class PrefixEncoder(int blocks, PrefixSettings settings, ModelShape shape)
{
    /// <summary>What trains, named as on all sides.</summary>
    public abstract IReadOnlyList<NamedParameter> Parameters { get; }

    /// <summary>L.</summary>
    public int Length { get; } = settings.Length;

    /// <summary>The number of blocks of this encoder.</summary>
    protected int Blocks { get; } = blocks;

    /// <summary>Computes the prefixes for one forward computation.</summary>
    /// <param name="rows">B</param>
    /// <param name="dtype">the dtype of the base model</param>
    /// <returns>one prefix per block, [B, KV, L, D] each; dropout drawn per row</returns>
    internal IReadOnlyList<BlockPrefix> Encode(long rows, ScalarType dtype, IDropout source)
    {
        var prefixes = new BlockPrefix[Blocks];
        var index = 0;
        foreach (var block in EncodeBlocks())
            prefixes[index++] = new BlockPrefix(Spread(block, 0, rows, dtype, source), Spread(block, 1, rows, dtype, source));
        return prefixes;
    }

    /// <summary>The prompt embeddings [L, 2 * key width] of each block, as PEFT stores them: keys, then values.</summary>
    public abstract IEnumerable<Tensor> EncodeBlocks();

    private Tensor Spread(Tensor block, int slot, long rows, ScalarType dtype, IDropout source)
    {
        var heads = block.narrow(1, slot * shape.KeyWidth, shape.KeyWidth).view(Length, shape.KeyValueHeads, shape.HeadSize);
        var spread = heads.to(dtype).permute(1, 0, 2).unsqueeze(0).expand(rows, -1, -1, -1);
        return source.Apply(spread, settings.Dropout.GetValueOrDefault());
    }
}
