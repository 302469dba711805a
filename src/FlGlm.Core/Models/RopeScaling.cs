using FlGlm.Core.Checkpoints;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>How a longer context stretches the rotary frequencies (Hugging Face's <c>modeling_rope_utils</c>, types <c>linear</c> and <c>llama3</c>).</summary>
/// <param name="Factor">How many times slower a stretched frequency turns.</param>
internal abstract record RopeScaling(double Factor)
{
    /// <param name="inverse">[D / 2] angles of one position</param>
    /// <returns>[D / 2]</returns>
    internal abstract Tensor Apply(Tensor inverse);

    /// <exception cref="Configuration.CheckpointException">a type that is not supported, or a field that is missing or makes no sense</exception>
    /// <param name="rope">the section of <c>config.json</c></param>
    internal static RopeScaling? Read(JsonFields? rope)
    {
        // The key "type" is that of transformers before 4.45.
        if (rope is null || rope.Text("rope_type", rope.Text("type", "default")) is not { } type || type == "default")
            return null;
        return type switch
        {
            "linear" => new LinearRopeScaling(Positive("factor")),
            "llama3" => Llama3RopeScaling.Create(
                rope, Positive("factor"), Positive("low_freq_factor"), Positive("high_freq_factor"), rope.Count("original_max_position_embeddings")),
            _ => throw rope.Wrong("rope_type", $"rotary positions scaled by '{type}' are not supported; default, linear and llama3 are"),
        };

        double Positive(string field)
        {
            var value = rope.Has(field) ? rope.Number(field, 0) : throw rope.Wrong(field, "is missing");
            return value > 0 ? value : throw rope.Wrong(field, $"{value} is no factor; more than 0");
        }
    }
}
