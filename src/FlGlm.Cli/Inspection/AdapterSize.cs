using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Cli.Inspection;

/// <summary>Computes the exact number of an adapter's parameters without creating one.</summary>
internal static class AdapterSize
{
    public static long Of(ModelFamily family, PeftSettings peft, BlockRange blocks) => (peft.Method, blocks.Count) switch
    {
        (_, 0) => 0,
        (PeftMethod.Lora, _) => Targets(family, peft, blocks).Sum(weight => peft.Lora.Rank * (weight.Shape[0] + weight.Shape[1])),
        (PeftMethod.PTuningV2, _) when peft.Prefix.Projection => ProjectedPrefixEncoder.Tensors(blocks, family, peft.Prefix)
            .Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size)),
        (PeftMethod.PTuningV2, _) => 2L * peft.Prefix.Length * family.Shape.KeyWidth * blocks.Count,
        _ => 0,
    };

    /// <summary>The weights [out, in] that LoRA adapts.</summary>
    public static IEnumerable<TensorSpec> Targets(ModelFamily family, PeftSettings peft, BlockRange blocks) => family.Tensors.Where(tensor =>
        tensor.Part == ModelPart.Block && blocks.Contains(tensor.Block)
        && peft.Lora.Targets.Any(target => tensor.Name.EndsWith($".{target}.weight", StringComparison.Ordinal)));
}
