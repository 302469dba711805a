using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>A random Llama small enough for a unit test: V 32, H 16, 4 heads sharing 2 key-value heads, FFN 24.</summary>
public static class TinyLlama
{
    public const int Vocabulary = 32;

    public const int Hidden = 16;

    /// <summary>Writes a Hugging Face directory.</summary>
    /// <param name="directory">made if missing</param>
    /// <param name="blocks">N</param>
    /// <param name="seed">of the weights, N(0, 0.2) each; norms are 1</param>
    public static void Write(string directory, int blocks = 4, long seed = 7)
    {
        using var scope = NewDisposeScope();
        using var config = JsonDocument.Parse($$"""
            {
              "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "vocab_size": {{Vocabulary}},
              "hidden_size": {{Hidden}}, "intermediate_size": 24, "num_hidden_layers": {{blocks}}, "num_attention_heads": 4,
              "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "tie_word_embeddings": false
            }
            """);
        using var generator = new Generator((ulong)seed);
        generator.manual_seed(seed);
        var family = ModelFamily.FromConfig(config.RootElement, directory);
        var weights = family.Tensors.ToDictionary(spec => spec.Name, spec => Weight(spec, generator));
        HfCheckpointWriter.Write(directory, config.RootElement, weights.Select(weight => TensorInfo.Of(weight.Key, weight.Value)), name => weights[name].alias());
    }

    private static Tensor Weight(TensorSpec spec, Generator generator) => spec.Init == TensorInit.Ones
        ? ones(spec.Shape)
        : empty(spec.Shape, dtype: float32).normal_(0, 0.2, generator);
}
