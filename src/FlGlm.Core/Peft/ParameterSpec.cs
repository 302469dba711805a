using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Name, dims and dtype of a trainable tensor: with it a side checks the received parameters of a stage that it does not hold.</summary>
internal sealed record ParameterSpec(string Name, IReadOnlyList<long> Dims, ScalarType Dtype)
{
    /// <summary>The number of elements.</summary>
    public long Count => Dims.Aggregate(1L, (product, dim) => checked(product * dim));

    public static ParameterSpec Of(NamedParameter parameter) => new(parameter.Name, parameter.Value.shape, parameter.Value.dtype);

    /// <summary>The parameters that a stage trains with this run's method, computed from the model's description alone.</summary>
    public static IEnumerable<ParameterSpec> OfStage(StageBlueprint blueprint, StageName stage)
    {
        var range = blueprint.Split[stage];
        var peft = blueprint.Peft;
        var whole = blueprint.Family.Tensors
            .Where(tensor => peft.TrainsWhole(tensor.Name) && blueprint.Split.Owner(tensor) == stage)
            .Select(tensor => new ParameterSpec(tensor.Name, tensor.Shape, blueprint.Dtype));
        return peft.Method switch
        {
            PeftMethod.None => whole,
            PeftMethod.Lora => whole.Concat(OfLora(blueprint.Family, range, Lora.Select(peft.Lora))),
            _ => OfPrefix(range, blueprint.Family, peft.Prefix),
        };
    }

    private static IEnumerable<ParameterSpec> OfLora(ModelFamily family, BlockRange range, LoraModules modules)
    {
        foreach (var (module, weight) in Lora.Weights(family, range))
        {
            if (modules.Of(module) is not { } size)
                continue;
            yield return new(module + ".lora_A.weight", [size.Rank, weight.Shape[1]], float32);
            yield return new(module + ".lora_B.weight", [weight.Shape[0], size.Rank], float32);
        }
    }

    private static IEnumerable<ParameterSpec> OfPrefix(BlockRange range, ModelFamily family, PrefixSettings prefix)
    {
        if (!prefix.Projection || range.Count == 0)
            return range.Indices.Select(block => new ParameterSpec(PlainPrefixEncoder.Name(block), [prefix.Length, 2 * family.Shape.KeyWidth], float32));
        var scope = ProjectedPrefixEncoder.Scope(range);
        return ProjectedPrefixEncoder.Tensors(range, family, prefix).Select(tensor => new ParameterSpec(scope + tensor.Name, tensor.Shape, float32));
    }
}
