using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm;

/// <summary>a = norm(x), y = alpha a + Attention(a); m = norm(y), alpha m + MLP(m). The block's input itself is never added back.</summary>
internal sealed class ChatGlmBlock : DecoderBlock
{
    private readonly Norm _inputNorm;
    private readonly ChatGlmAttention _attention;
    private readonly Norm _postAttentionNorm;
    private readonly ChatGlmMlp _mlp;

    public ChatGlmBlock(ChatGlmConfig config, int block, IWeights weights)
    {
        var scope = ChatGlmTensors.Scope(block);
        _inputNorm = new LayerNorm(weights, scope + "input_layernorm", config.Shape.Hidden, config.NormEpsilon);
        _attention = new ChatGlmAttention(config, scope + "attention", weights);
        _postAttentionNorm = new LayerNorm(weights, scope + "post_attention_layernorm", config.Shape.Hidden, config.NormEpsilon);
        _mlp = new ChatGlmMlp(config, scope + "mlp", weights);
    }

    public override IEnumerable<Projection> Projections => [.. _attention.Projections, .. _mlp.Projections];

    public override Tensor Forward(Tensor hidden, BlockContext context, IBlockPast? past)
    {
        var input = _inputNorm.Forward(hidden);
        var attended = input.Times(ChatGlmConfig.Alpha).Plus(_attention.Forward(input, context, past));
        var middle = _postAttentionNorm.Forward(attended);
        return middle.Times(ChatGlmConfig.Alpha).Plus(_mlp.Forward(middle, context.Dropout));
    }
}
