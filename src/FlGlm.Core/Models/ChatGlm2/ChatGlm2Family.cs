using System.Globalization;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>ChatGLM2-6B and ChatGLM3-6B: pre-norm blocks, grouped key/value heads, rotary positions on half of each head.</summary>
internal sealed class ChatGlm2Family(ChatGlm2Config config) : ModelFamily
{
    public override string Name => "chatglm2";

    public override ModelShape Shape => config.Shape;

    public override string EmbeddingName => ChatGlm2Tensors.Embedding;

    public override string LmHeadName => Shape.TiedHead ? EmbeddingName : ChatGlm2Tensors.LmHead;

    public override IReadOnlyList<string> LoraTargets { get; } = ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"];

    public override IReadOnlyList<string> DefaultLoraTargets { get; } = ["query_key_value"];

    /// <summary>The published encoder embeds every prefix position as wide as all blocks' keys and values.</summary>
    public override PrefixForm Prefix { get; } = new()
    {
        Mlp = "trans",
        Inputs = config.Shape.Blocks * 2 * config.Shape.KeyWidth,
        Hidden = config.Shape.Hidden,
        Dropout = 0.1,
        IsPublished = true,
    };

    public override IReadOnlyList<TensorSpec> Tensors { get; } = ChatGlm2Tensors.List(config);

    public override string Architecture => string.Create(
        CultureInfo.InvariantCulture,
        $"chatglm2 blocks={Shape.Blocks} hidden={Shape.Hidden} heads={Shape.Heads}/{Shape.KeyValueHeads}x{Shape.HeadSize} intermediate={config.Intermediate} vocabulary={Shape.Vocabulary} eps={config.NormEpsilon:R} tied={Shape.TiedHead} bias={config.QueryKeyValueBias}{(config.RopeTheta == ChatGlm2Config.PublishedTheta ? "" : $" theta={config.RopeTheta:R}")}");

    internal override DecoderBlock CreateBlock(int block, IWeights weights) => new ChatGlm2Block(config, block, weights);

    internal override Norm CreateFinalNorm(IWeights weights) =>
        new RmsNorm(weights, ChatGlm2Tensors.FinalNorm, Shape.Hidden, config.NormEpsilon, castLast: true);

    /// <summary>The prefix moves no position.</summary>
    public override (Tensor Cos, Tensor Sin) CreateRotary(SequenceLayout layout, int prefixLength, ScalarType dtype, Device device) =>
        ChatGlm2Rotary.Tables(Rotary.Positions(layout, 0, device), Shape.HeadSize, config.RopeTheta, dtype);
}
