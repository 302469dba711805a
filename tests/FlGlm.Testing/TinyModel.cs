using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>A random checkpoint, small enough for a test of one second and large enough to reveal mistakes.</summary>
public abstract record TinyModel
{
    public int Blocks { get; init; } = 4;

    public int Hidden { get; init; } = 32;

    public int Heads { get; init; } = 4;

    public int Intermediate { get; init; } = 48;

    public int Vocabulary { get; init; } = 64;

    public int MaxPositions { get; init; } = 128;

    /// <summary>Whether the LM head is the embedding.</summary>
    public bool TiedHead { get; init; }

    public long Seed { get; init; } = 1;

    /// <summary>Ten times Hugging Face's, so that attention is far from uniform.</summary>
    public double Deviation { get; init; } = 0.2;

    /// <summary>Three projections of a block that LoRA may name.</summary>
    public abstract IReadOnlyList<string> LoraTargets { get; }

    public ModelFamily Family => ModelFamily.FromConfig(JsonSerializer.SerializeToElement(Config()), "config.json");

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c>, the same bytes for the same settings.</summary>
    /// <returns>the directory</returns>
    public string Write(string directory)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var tensors = Family.Tensors.ToDictionary(spec => spec.Name, Value);
        var entries = tensors.Select(tensor => TensorInfo.Of(tensor.Key, tensor.Value));
        HfCheckpointWriter.Write(directory, JsonSerializer.SerializeToElement(Config()), entries, name => tensors[name].alias());
        return directory;
    }

    /// <summary>The fields of its <c>config.json</c>.</summary>
    protected abstract Dictionary<string, object> Config();

    private Tensor Value(TensorSpec spec)
    {
        var seed = StableSeed.Of(Seed, spec.Name);
        using var generator = new Generator((ulong)seed);
        generator.manual_seed(seed);
        var mean = spec.Init == TensorInit.Ones ? 1 : 0;
        return empty(spec.Shape, dtype: float32).normal_(mean, Deviation, generator);
    }
}
