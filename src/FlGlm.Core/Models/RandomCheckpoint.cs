using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>
/// An untrained checkpoint, as Hugging Face's <c>_init_weights</c> would start it: linears and embeddings N(0, initializer_range), norms 1,
/// biases 0, the padding token's embedding 0. Every tensor draws from its own generator, seeded by (seed, name), and is written before the
/// next one is made: a model needs the memory of its largest tensor.
/// </summary>
public static class RandomCheckpoint
{
    /// <summary>Writes a checkpoint directory.</summary>
    /// <param name="configPath">a Hugging Face <c>config.json</c></param>
    /// <param name="seed">the same seed gives the same weights</param>
    /// <param name="dtype">of the stored weights</param>
    /// <param name="directory">the checkpoint directory to write</param>
    /// <param name="tokenizerFrom">a directory whose tokenizer files go along; null = none</param>
    /// <returns>what was made</returns>
    /// <exception cref="CheckpointException">the config is no model's, or the disk refuses</exception>
    public static ModelFamily Write(string configPath, long seed, ElementType dtype, string directory, string? tokenizerFrom)
    {
        var config = JsonFile.ReadObject(configPath);
        var family = ModelFamily.FromConfig(config, configPath);
        var specs = family.Tensors.ToDictionary(tensor => tensor.Name);
        HfCheckpointWriter.Write(
            directory,
            ConfigDtype.Restate(config, dtype),
            family.Tensors.Select(tensor => TensorInfo.Of(tensor.Name, dtype, tensor.Shape)),
            name => Values(specs[name], family, seed).to(dtype.ToScalarType()),
            tokenizerFrom);
        return family;
    }

    private static Tensor Values(TensorSpec tensor, ModelFamily family, long seed) => tensor.Init switch
    {
        TensorInit.Ones => ones(tensor.Shape, dtype: float32),
        TensorInit.Zeros => zeros(tensor.Shape, dtype: float32),
        _ => Normal(tensor, family, seed),
    };

    private static Tensor Normal(TensorSpec tensor, ModelFamily family, long seed)
    {
        var stable = StableSeed.Of(seed, tensor.Name);
        using var generator = new Generator((ulong)stable);
        generator.manual_seed(stable);
        var values = empty(tensor.Shape, dtype: float32).normal_(0, family.Shape.InitializerRange, generator);
        if (tensor.Part == ModelPart.Embedding && family.Shape.PadId is { } pad)
            values.narrow(0, pad, 1).zero_();
        return values;
    }
}
