using FlGlm.Core.Checkpoints;
using FlGlm.Core.Peft;
using FlGlm.Core.Tests.Checkpoints;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

/// <summary>Adapters of a small model: 4 blocks, rank 2, prefixes of length 5 and key width 3.</summary>
internal static class Adapters
{
    public const int Blocks = 4;

    private const int PrefixLength = 5;
    private const int TokenDim = 3;

    /// <summary>LoRA on q_proj of the given blocks.</summary>
    public static Adapter Lora(AdapterPart? part, params int[] blocks) => new(
        new LoraAdapterConfig { BaseModel = "../hf", Part = part, Rank = 2, Alpha = 16, Dropout = 0.1, TargetModules = ["q_proj"] },
        blocks.SelectMany(LoraPair).ToDictionary(pair => pair.Key, pair => pair.Value));

    /// <summary>The columns that a part has of one and the same prefix.</summary>
    public static Adapter Prefix(AdapterPart? part)
    {
        var config = new PrefixAdapterConfig
        {
            BaseModel = "../hf",
            Part = part,
            VirtualTokens = PrefixLength,
            TokenDim = TokenDim,
            AttentionHeads = 1,
            Layers = Blocks,
            EncoderHiddenSize = 8,
            PrefixProjection = true,
        };
        return new Adapter(config, new Dictionary<string, Tensor> { [PrefixAdapterConfig.TensorName] = Columns(part ?? new AdapterPart(0, Blocks - 1, Blocks)) });
    }

    private static Dictionary<string, Tensor> LoraPair(int block)
    {
        var module = $"base_model.model.model.layers.{block}.self_attn.q_proj";
        return new()
        {
            [$"{module}.lora_A.weight"] = Sample.Make(ElementType.F32, block, 2, 3),
            [$"{module}.lora_B.weight"] = Sample.Make(ElementType.F32, 100 + block, 3, 2),
        };
    }

    /// <summary>The blocks' columns of the one prefix.</summary>
    /// <returns>[L, blocks * 2 * token_dim]</returns>
    private static Tensor Columns(AdapterPart part)
    {
        const int Width = 2 * TokenDim * sizeof(float);
        var whole = Sample.Make(ElementType.F32, 7, PrefixLength, 2 * Blocks * TokenDim);
        var columns = Sample.Make(ElementType.F32, 0, PrefixLength, 2 * part.Count * TokenDim);
        for (var row = 0; row < PrefixLength; row++)
        {
            whole.bytes.Slice(((row * Blocks) + part.First) * Width, part.Count * Width)
                .CopyTo(columns.bytes[(row * part.Count * Width)..]);
        }

        return columns;
    }
}
