using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>The prefix without projection: one parameter [L, 2 * key width] per block, N(0, 1) at first (torch.nn.Embedding).</summary>
internal sealed class PlainPrefixEncoder : PrefixEncoder
{
    public PlainPrefixEncoder(BlockRange blocks, ModelShape shape, PrefixSettings settings, long seed, Device device)
        : base(blocks.Count, settings, shape)
    {
        var initial = new InitialValues(seed, device);
        Parameters = [.. blocks.Indices.Select(Name).Select(name => new NamedParameter(name, initial.Normal(name, settings.Length, 2 * shape.KeyWidth)))];
    }

    public override IReadOnlyList<NamedParameter> Parameters { get; }

    /// <summary>The name of a block's parameter; blocks are counted over the whole model.</summary>
    public static string Name(int block) => $"prefix.blocks.{block}";

    public override IEnumerable<Tensor> EncodeBlocks() => Parameters.Select(parameter => (Tensor)parameter.Value);
}
