using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models.Llama;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>An architecture with its sizes: everything about a model except its weights.</summary>
public abstract class ModelFamily
{
    /// <summary>As shown to the user, e.g. <c>llama</c>.</summary>
    public abstract string Name { get; }

    public abstract ModelShape Shape { get; }

    /// <summary>Every tensor a checkpoint of this model holds, in the model's order, under its published name.</summary>
    public abstract IReadOnlyList<TensorSpec> Tensors { get; }

    /// <summary>The fields that change the model's mathematics, one line, the same on every machine.</summary>
    public abstract string Architecture { get; }

    /// <summary>The projections LoRA may name.</summary>
    public abstract IReadOnlyList<string> LoraTargets { get; }

    public abstract string EmbeddingName { get; }

    public abstract string LmHeadName { get; }

    public abstract DecoderBlock CreateBlock(int block, IWeights weights);

    public abstract RmsNorm CreateFinalNorm(IWeights weights);

    /// <param name="layout">the batch</param>
    /// <param name="prefixLength">L, 0 without a prefix</param>
    public abstract (Tensor Cos, Tensor Sin, Tensor Mask) CreateTables(SequenceLayout layout, int prefixLength, ScalarType dtype, Device device);

    /// <inheritdoc cref="FromConfig"/>
    public static ModelFamily Of(HfCheckpoint checkpoint) => FromConfig(checkpoint.Config, Path.Combine(checkpoint.Directory, "config.json"));

    /// <summary>Tells the architecture from a checkpoint's <c>config.json</c>.</summary>
    /// <exception cref="CheckpointException">unknown architecture, or a field that is missing or makes no sense</exception>
    public static ModelFamily FromConfig(JsonElement config, string path)
    {
        var type = new ConfigFields(config, path).Text("model_type", "");
        return type switch
        {
            "llama" => new LlamaFamily(LlamaConfig.Read(config, path)),
            "" => throw new CheckpointException(path, $"'{path}' has no 'model_type'; it is no config.json of a Hugging Face model."),
            _ => throw new CheckpointException(path, $"'{path}' describes a '{type}' model, which FlGlm cannot build yet; it knows: llama."),
        };
    }
}
