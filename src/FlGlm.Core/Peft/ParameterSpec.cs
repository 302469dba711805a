using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Name, dims and dtype of a trainable tensor: with it a side checks the received parameters of a stage that it does not hold.</summary>
public sealed record ParameterSpec(string Name, IReadOnlyList<long> Dims, ScalarType Dtype)
{
    /// <summary>The number of elements.</summary>
    public long Count => Dims.Aggregate(1L, (product, dim) => checked(product * dim));

    public static ParameterSpec Of(NamedParameter parameter) => new(parameter.Name, parameter.Value.shape, parameter.Value.dtype);

    /// <summary>The parameters that a stage trains with this run's method, computed from the model's description alone.</summary>
    public static IEnumerable<ParameterSpec> OfStage(StageBlueprint blueprint, StageName stage)
    {
        var range = blueprint.Split[stage];
        var peft = blueprint.Peft;
        return peft.Method switch
        {
            PeftMethod.None => blueprint.Family.Tensors
                .Where(tensor => blueprint.Split.Owner(tensor) == stage)
                .Select(tensor => new ParameterSpec(tensor.Name, tensor.Shape, blueprint.Dtype)),
            PeftMethod.Lora => blueprint.Family.Tensors
                .Where(tensor => tensor.Part == ModelPart.Block && range.Contains(tensor.Block))
                .SelectMany(tensor => OfLora(tensor, peft.Lora)),
            _ => OfPrefix(range, blueprint.Family, peft.Prefix),
        };
    }

    private static IEnumerable<ParameterSpec> OfLora(TensorSpec tensor, LoraSettings lora)
    {
        if (!lora.Targets.Any(target => tensor.Name.EndsWith($".{target}.weight", StringComparison.Ordinal)))
            return [];
        var module = tensor.Name[..^".weight".Length];
        return
        [
            new(module + ".lora_A.weight", [lora.Rank, tensor.Shape[1]], float32),
            new(module + ".lora_B.weight", [tensor.Shape[0], lora.Rank], float32),
        ];
    }

    private static IEnumerable<ParameterSpec> OfPrefix(BlockRange range, ModelFamily family, PrefixSettings prefix)
    {
        if (!prefix.Projection || range.Count == 0)
            return range.Indices.Select(block => new ParameterSpec(PlainPrefixEncoder.Name(block), [prefix.Length, 2 * family.Shape.KeyWidth], float32));
        var scope = ProjectedPrefixEncoder.Scope(range);
        return ProjectedPrefixEncoder.Tensors(range, family, prefix).Select(tensor => new ParameterSpec(scope + tensor.Name, tensor.Shape, float32));
    }
}
