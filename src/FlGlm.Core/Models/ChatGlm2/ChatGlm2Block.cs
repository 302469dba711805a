using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>x + Attention(norm(x)), then x + MLP(norm(x)).</summary>
internal sealed class ChatGlm2Block : DecoderBlock
{
    private readonly Norm _inputNorm;
    private readonly ChatGlm2Attention _attention;
    private readonly Norm _postAttentionNorm;
    private readonly ChatGlm2Mlp _mlp;

    public ChatGlm2Block(ChatGlm2Config config, int block, IWeights weights)
    {
        var scope = ChatGlm2Tensors.Scope(block);
        _inputNorm = new RmsNorm(weights, scope + "input_layernorm", config.Shape.Hidden, config.NormEpsilon, castLast: true);
        _attention = new ChatGlm2Attention(config, scope + "self_attention", weights);
        _postAttentionNorm = new RmsNorm(weights, scope + "post_attention_layernorm", config.Shape.Hidden, config.NormEpsilon, castLast: true);
        _mlp = new ChatGlm2Mlp(config, scope + "mlp", weights);
    }

    public override IEnumerable<Projection> Projections => [.. _attention.Projections, .. _mlp.Projections];

    public override Tensor Forward(Tensor hidden, BlockContext context, IBlockPast? past)
    {
        var attended = hidden.Plus(_attention.Forward(_inputNorm.Forward(hidden), context, past));
        return attended.Plus(_mlp.Forward(_postAttentionNorm.Forward(attended), context.Dropout));
    }
}
