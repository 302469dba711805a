using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Converts a stage's trained parameters to its part of a PEFT adapter.</summary>
public static class AdapterExport
{
    /// <param name="stage">a stage that trains something</param>
    /// <param name="parameters">the stage's parameters by name, on the CPU; others may be among them</param>
    /// <param name="baseModel">written to adapter_config.json, for information only</param>
    /// <returns>the part; the tensors of a prefix are new, in the caller's dispose scope</returns>
    public static Adapter Export(StageBlueprint blueprint, StageName stage, IReadOnlyDictionary<string, Tensor> parameters, string baseModel)
    {
        var range = blueprint.Split[stage];
        var part = new AdapterPart(range.First, range.Last, blueprint.Family.Shape.Blocks);
        if (blueprint.Peft.Method == PeftMethod.Lora)
            return new Adapter(Lora.ToConfig(blueprint.Peft.Lora) with { BaseModel = baseModel, Part = part }, LoraTensors(blueprint, stage, parameters));
        var config = PrefixConfig(blueprint) with { BaseModel = baseModel, Part = part };
        return blueprint.Peft.Prefix.Projection ? ExportProjected(config, range, blueprint.Family.Prefix, parameters) : ExportPlain(config, range, parameters);
    }

    private static PrefixAdapterConfig PrefixConfig(StageBlueprint blueprint) => new()
    {
        VirtualTokens = blueprint.Peft.Prefix.Length,
        TokenDim = blueprint.Family.Shape.KeyWidth,
        AttentionHeads = blueprint.Family.Shape.KeyValueHeads,
        Layers = blueprint.Family.Shape.Blocks,
        EncoderHiddenSize = blueprint.Peft.Prefix.Projection ? ProjectedPrefixEncoder.HiddenWidth(blueprint.Family, blueprint.Peft.Prefix) : null,
        PrefixProjection = blueprint.Peft.Prefix.Projection,
    };

    private static Dictionary<string, Tensor> LoraTensors(StageBlueprint blueprint, StageName stage, IReadOnlyDictionary<string, Tensor> parameters) =>
        ParameterSpec.OfStage(blueprint, stage).ToDictionary(spec => Lora.StoredScope + spec.Name, spec => parameters[spec.Name]);

    private static Adapter ExportPlain(PrefixAdapterConfig config, BlockRange range, IReadOnlyDictionary<string, Tensor> parameters)
    {
        var columns = range.Indices.Select(block => parameters[PlainPrefixEncoder.Name(block)]).ToArray();
        return new Adapter(config, new Dictionary<string, Tensor> { [PrefixAdapterConfig.TensorName] = cat(columns, 1).detach() });
    }

    private static Adapter ExportProjected(
        PrefixAdapterConfig config, BlockRange range, PrefixForm form, IReadOnlyDictionary<string, Tensor> parameters)
    {
        using var grad = no_grad();
        var scope = ProjectedPrefixEncoder.Scope(range);
        var encoder = parameters.Where(parameter => parameter.Key.StartsWith(scope, StringComparison.Ordinal))
            .ToDictionary(parameter => parameter.Key[scope.Length..], parameter => parameter.Value);
        var embeddings = ProjectedPrefixEncoder.Project(name => encoder[name], form.Mlp);
        return new Adapter(config, new Dictionary<string, Tensor> { [PrefixAdapterConfig.TensorName] = embeddings }) { Encoder = encoder };
    }
}
