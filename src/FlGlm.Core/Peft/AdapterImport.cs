using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Initialises a stage's parameters from an adapter: a whole one, or the part for the stage's own blocks.</summary>
public static class AdapterImport
{
    /// <param name="start">a PEFT adapter, a prefix of ChatGLM's own trainer, or a directory of parts as <see cref="TrainedParts"/> writes them</param>
    /// <param name="parameters">what the stage trains; nothing is read for a stage that trains nothing</param>
    /// <exception cref="CheckpointException">no adapter, another method, length, rank or model, more than the run trains, or an encoder that this stage cannot own</exception>
    public static void Load(string start, StageBlueprint blueprint, StageName stage, IReadOnlyList<NamedParameter> parameters)
    {
        if (parameters.Count == 0)
            return;
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var directory = AdapterFormats.Find(start, stage) ?? throw Nothing(start, stage);
        var adapter = AdapterFormats.Read(directory);
        AdapterFit.Check(directory, blueprint, adapter);
        var values = adapter.Config switch
        {
            PrefixAdapterConfig config when blueprint.Peft.Prefix.Projection => Projected(directory, blueprint.Split[stage], config, adapter),
            PrefixAdapterConfig config => Plain(config, adapter),
            _ => adapter.Tensors.ToDictionary(tensor => tensor.Key[Lora.StoredScope.Length..], tensor => tensor.Value),
        };
        foreach (var parameter in parameters)
            Copy(directory, values, parameter);
    }

    private static CheckpointException Nothing(string start, StageName stage) => new(
        start,
        $"'{start}' holds no adapter, nor one of its {stage.ToString().ToLowerInvariant()}: there is no adapter_config.json and no prefix of ChatGLM's own trainer; "
        + "set peft.start to a directory with either.");

    private static Dictionary<string, Tensor> Plain(PrefixAdapterConfig config, Adapter adapter)
    {
        var width = 2L * config.TokenDim;
        var embeddings = adapter.Tensors[PrefixAdapterConfig.TensorName];
        var first = config.Part?.First ?? 0;
        return Enumerable.Range(first, config.Part?.Count ?? config.Layers)
            .ToDictionary(PlainPrefixEncoder.Name, block => embeddings.narrow(1, (block - first) * width, width));
    }

    private static Dictionary<string, Tensor> Projected(string directory, BlockRange range, PrefixAdapterConfig config, Adapter adapter)
    {
        if (adapter.Encoder is null)
            throw new CheckpointException(directory, $"'{directory}' holds no prefix encoder to train on, only its result; set peft.prefix.projection to false.");
        var owned = config.Part is { } part ? new BlockRange(part.First, part.Count) : new BlockRange(0, config.Layers);
        if (owned != range)
        {
            throw new CheckpointException(
                directory,
                $"'{directory}' holds one projection shared by {owned}, which no stage of this cut can own; train it centralised, "
                + "in one stage (`flglm train` with split.head 0 and split.tail as many blocks as the model has).");
        }

        return adapter.Encoder.ToDictionary(tensor => ProjectedPrefixEncoder.Scope(range) + tensor.Key, tensor => tensor.Value);
    }

    private static void Copy(string directory, Dictionary<string, Tensor> values, NamedParameter parameter)
    {
        if (!values.TryGetValue(parameter.Name, out var value))
            throw new CheckpointException(directory, $"'{directory}' has nothing for '{parameter.Name}', which this run trains; use an adapter of the same targets and blocks.", parameter.Name);
        if (!value.shape.AsSpan().SequenceEqual(parameter.Value.shape))
            throw new CheckpointException(directory, $"'{parameter.Name}' in '{directory}' has another shape than this model's; use an adapter of this base model.", parameter.Name);
        parameter.Value.copy_(value);
    }
}
