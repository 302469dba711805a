using System.Globalization;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.Llama;

/// <summary>Llama and Llama-2, with grouped-query attention, tied heads and biases as the config says.</summary>
internal sealed class LlamaFamily(LlamaConfig config) : ModelFamily
{
    public override string Name => "llama";

    public override ModelShape Shape => config.Shape;

    public override string EmbeddingName => "model.embed_tokens.weight";

    public override string LmHeadName => Shape.TiedHead ? EmbeddingName : "lm_head.weight";

    public override IReadOnlyList<string> LoraTargets { get; } =
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    public override IReadOnlyList<string> DefaultLoraTargets { get; } = ["q_proj", "v_proj"];

    public override PrefixForm Prefix { get; } = new()
    {
        Mlp = "transform", Inputs = config.Shape.KeyWidth, Hidden = config.Shape.KeyWidth, MovesPositions = true,
    };

    public override IReadOnlyList<TensorSpec> Tensors { get; } = LlamaTensors.List(config);

    public override string Architecture => string.Create(
        CultureInfo.InvariantCulture,
        $"llama blocks={Shape.Blocks} hidden={Shape.Hidden} heads={Shape.Heads}/{Shape.KeyValueHeads}x{Shape.HeadSize} intermediate={config.Intermediate} vocabulary={Shape.Vocabulary} eps={config.NormEpsilon:R} theta={config.RopeTheta:R} tied={Shape.TiedHead} bias={config.AttentionBias}/{config.MlpBias}{(config.RopeScaling is { } scaling ? $" rope={scaling}" : "")}");

    internal override DecoderBlock CreateBlock(int block, IWeights weights) => new LlamaBlock(config, block, weights);

    internal override Norm CreateFinalNorm(IWeights weights) => new RmsNorm(weights, "model.norm", Shape.Hidden, config.NormEpsilon);

    /// <summary>Real tokens start at position L, behind the prefix (PEFT's PREFIX_TUNING).</summary>
    public override (Tensor Cos, Tensor Sin) CreateRotary(SequenceLayout layout, int prefixLength, ScalarType dtype, Device device) =>
        Rotary.Tables(Rotary.Positions(layout, prefixLength, device), Shape.HeadSize, config.RopeTheta, dtype, config.RopeScaling);
}
