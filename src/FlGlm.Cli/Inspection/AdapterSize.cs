using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;

namespace FlGlm.Cli.Inspection;

/// <summary>Computes the exact number of an adapter's parameters without creating one.</summary>
internal static class AdapterSize
{
    public static long Of(ModelFamily family, PeftSettings peft, BlockRange blocks) => (peft.Method, blocks.Count) switch
    {
        (_, 0) => 0,
        (PeftMethod.Lora, _) => Targets(family, peft, blocks).Sum(target => target.Rank * (target.Weight.Shape[0] + target.Weight.Shape[1])),
        (PeftMethod.PTuningV2, _) when peft.Prefix.Projection => ProjectedPrefixEncoder.Tensors(blocks, family, peft.Prefix)
            .Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size)),
        (PeftMethod.PTuningV2, _) => 2L * peft.Prefix.Length * family.Shape.KeyWidth * blocks.Count,
        _ => 0,
    };

    /// <summary>The weights [out, in] that LoRA adapts, with the ranks.</summary>
    public static IEnumerable<(TensorSpec Weight, int Rank)> Targets(ModelFamily family, PeftSettings peft, BlockRange blocks)
    {
        var modules = Lora.Select(peft.Lora);
        return Lora.Weights(family, blocks).Select(weight => (weight.Value, modules.Of(weight.Key)?.Rank ?? 0)).Where(target => target.Item2 > 0);
    }
}
