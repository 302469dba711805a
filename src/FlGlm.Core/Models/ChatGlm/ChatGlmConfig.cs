using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models.ChatGlm;

/// <summary>What a ChatGLM-6B checkpoint's <c>config.json</c> says.</summary>
internal sealed record ChatGlmConfig
{
    /// <summary>The keys of a <c>config.json</c> that only this family has, or that it reads: <see cref="KnownConfigKeys"/>.</summary>
    internal static readonly string[] Keys =
    [
        "gmask_token_id", "hidden_size", "inner_hidden_size", "layernorm_epsilon", "mask_token_id", "max_sequence_length",
        "num_attention_heads", "num_layers", "position_encoding_2d", "quantization_bit",
        "quantization_embeddings", "vocab_size",
    ];

    /// <summary>
    /// sqrt(2 * 28), what a block's normalised input counts in its residual. A constant whatever the number of blocks: the published model
    /// never hands its own on.
    /// </summary>
    public static readonly double Alpha = Math.Sqrt(2 * 28);

    public required ModelShape Shape { get; init; }

    /// <summary>Width of the MLP.</summary>
    public required int Intermediate { get; init; }

    public required double NormEpsilon { get; init; }

    public required ContextMarks Marks { get; init; }

    /// <exception cref="CheckpointException">a field is missing, makes no sense, or asks for something unknown</exception>
    public static ChatGlmConfig Read(JsonElement config, string path)
    {
        var fields = new JsonFields(config, path);
        fields.Expect("position_encoding_2d", true);
        var heads = fields.Count("num_attention_heads");
        var hidden = fields.Count("hidden_size");
        if (hidden % (4 * heads) != 0)
        {
            throw fields.Wrong(
                "num_attention_heads", $"two rotary positions per head need a head size divisible by 4; {hidden} in {heads} heads is none");
        }

        return new ChatGlmConfig
        {
            Shape = new ModelShape
            {
                Blocks = fields.Count("num_layers"),
                Hidden = hidden,
                Heads = heads,
                KeyValueHeads = heads,
                HeadSize = hidden / heads,
                Vocabulary = fields.Count("vocab_size"),
                MaxPositions = fields.Count("max_sequence_length", 2048),
                TiedHead = fields.Flag("tie_word_embeddings", true),
            },
            Intermediate = fields.Count("inner_hidden_size"),
            NormEpsilon = fields.Number("layernorm_epsilon", 1e-5),
            Marks = ContextMarks.Read(config, path),
        };
    }
}
