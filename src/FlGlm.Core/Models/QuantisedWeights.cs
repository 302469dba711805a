using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models;

/// <summary>Finds quantised weights, which cannot be loaded, and names their kind.</summary>
internal static class QuantisedWeights
{
    /// <summary>What the names of their tensors end with: ChatGLM's int8, bitsandbytes' int8 and 4 bits, GPTQ and AWQ, FP8.</summary>
    private static readonly string[] Endings =
        [".weight_scale", ".SCB", ".weight_format", ".absmax", ".quant_map", ".nested_absmax", ".qweight", ".qzeros", ".weight_scale_inv", ".weight_packed"];

    /// <exception cref="CheckpointException">the config says that the weights are quantised</exception>
    public static void Refuse(JsonFields fields)
    {
        if (fields.Number("quantization_bit", 0) is > 0 and var bits)
            throw fields.Wrong("quantization_bit", $"these weights are quantised to {bits} bits, which cannot be loaded; use the float16 checkpoint");
        if (fields.Section("quantization_config") is { } config)
        {
            throw fields.Wrong(
                "quantization_config", $"these weights are quantised ({Kind(config)}), which cannot be loaded; use the float16 or bfloat16 checkpoint");
        }
    }

    /// <exception cref="CheckpointException">the checkpoint has a tensor that only quantised weights have</exception>
    public static void Refuse(HfCheckpoint checkpoint)
    {
        if (checkpoint.Names.FirstOrDefault(name => Endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))) is { } found)
        {
            throw new CheckpointException(
                checkpoint.Directory,
                $"'{checkpoint.Directory}' holds quantised weights ('{found}'), which cannot be loaded; use the float16 or bfloat16 checkpoint.",
                found);
        }
    }

    private static string Kind(JsonFields config)
    {
        var method = config.Text("quant_method", config.Flag("load_in_8bit") || config.Flag("load_in_4bit") ? "bitsandbytes" : "of an unnamed method");
        if (config.Flag("load_in_4bit"))
            return $"{method}, 4 bits, {config.Text("bnb_4bit_quant_type", "fp4").ToUpperInvariant()}";
        if (config.Flag("load_in_8bit"))
            return $"{method}, 8 bits";
        var name = method.ToUpperInvariant();
        return config.Has("bits") ? $"{name}, {config.Number("bits", 0)} bits" : name;
    }
}
