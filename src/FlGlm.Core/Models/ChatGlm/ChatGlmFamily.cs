using System.Globalization;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm;

/// <summary>ChatGLM-6B: contexts that see all of themselves, answers that see what stands before them, two positions per token.</summary>
internal sealed class ChatGlmFamily(ChatGlmConfig config) : ModelFamily
{
    public override string Name => "chatglm";

    public override ModelShape Shape => config.Shape;

    public override ContextMarks Marks => config.Marks;

    public override string EmbeddingName => ChatGlmTensors.Embedding;

    public override string LmHeadName => Shape.TiedHead ? EmbeddingName : ChatGlmTensors.LmHead;

    public override IReadOnlyList<string> LoraTargets { get; } = ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"];

    public override IReadOnlyList<string> DefaultLoraTargets { get; } = ["query_key_value"];

    public override PrefixForm Prefix { get; } = new()
    {
        Mlp = "trans",
        Inputs = config.Shape.Hidden,
        Hidden = config.Shape.Hidden,
        Dropout = 0.1,
        IsPublished = true,
    };

    public override IReadOnlyList<TensorSpec> Tensors { get; } = ChatGlmTensors.List(config);

    public override string Architecture => string.Create(
        CultureInfo.InvariantCulture,
        $"chatglm blocks={Shape.Blocks} hidden={Shape.Hidden} heads={Shape.Heads}x{Shape.HeadSize} intermediate={config.Intermediate} vocabulary={Shape.Vocabulary} eps={config.NormEpsilon:R} tied={Shape.TiedHead} start={Marks.Start} gmask={Marks.GMask} mask={Marks.Mask}");

    internal override DecoderBlock CreateBlock(int block, IWeights weights) => new ChatGlmBlock(config, block, weights);

    internal override Norm CreateFinalNorm(IWeights weights) => new LayerNorm(weights, ChatGlmTensors.FinalNorm, Shape.Hidden, config.NormEpsilon);

    /// <summary>The prefix moves no position.</summary>
    public override (Tensor Cos, Tensor Sin) CreateRotary(SequenceLayout layout, int prefixLength, ScalarType dtype, Device device) =>
        ChatGlmRotary.Tables(layout, Shape.HeadSize, dtype, device);
}
