using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.Llama;

/// <summary>x + Attention(norm(x)), then x + MLP(norm(x)).</summary>
internal sealed class LlamaBlock : DecoderBlock
{
    private readonly RmsNorm _inputNorm;
    private readonly LlamaAttention _attention;
    private readonly RmsNorm _postAttentionNorm;
    private readonly LlamaMlp _mlp;

    public LlamaBlock(LlamaConfig config, int block, IWeights weights)
    {
        var module = $"model.layers.{block}";
        _inputNorm = new RmsNorm(weights, module + ".input_layernorm", config.Shape.Hidden, config.NormEpsilon);
        _attention = new LlamaAttention(config, module + ".self_attn", weights);
        _postAttentionNorm = new RmsNorm(weights, module + ".post_attention_layernorm", config.Shape.Hidden, config.NormEpsilon);
        _mlp = new LlamaMlp(config, module + ".mlp", weights);
    }

    public override IEnumerable<Projection> Projections => [.. _attention.Projections, .. _mlp.Projections];

    public override Tensor Forward(Tensor hidden, BlockContext context, IBlockPast? past)
    {
        var attended = hidden.Plus(_attention.Forward(_inputNorm.Forward(hidden), context, past));
        return attended.Plus(_mlp.Forward(_postAttentionNorm.Forward(attended), context.Dropout));
    }
}
