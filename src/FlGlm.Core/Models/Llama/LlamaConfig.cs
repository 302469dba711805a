using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models.Llama;

/// <summary>What a Llama checkpoint's <c>config.json</c> says (Hugging Face's LlamaConfig).</summary>
internal sealed record LlamaConfig
{
    /// <summary>The keys of a <c>config.json</c> that only this family has, or that it reads: <see cref="KnownConfigKeys"/>.</summary>
    internal static readonly string[] Keys =
    [
        "attention_bias", "attention_dropout", "head_dim", "hidden_act", "hidden_size", "initializer_range", "intermediate_size",
        "max_position_embeddings", "mlp_bias", "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "pretraining_tp",
        "rms_norm_eps", "rope_parameters", "rope_scaling", "rope_theta", "vocab_size", "max_sequence_length",
    ];

    public required ModelShape Shape { get; init; }

    /// <summary>Width of the gated MLP.</summary>
    public required int Intermediate { get; init; }

    public required double NormEpsilon { get; init; }

    public required double RopeTheta { get; init; }

    /// <summary>How the rotary frequencies are stretched; null = not.</summary>
    public RopeScaling? RopeScaling { get; init; }

    public bool AttentionBias { get; init; }

    public bool MlpBias { get; init; }

    /// <exception cref="CheckpointException">a field is missing, makes no sense, or asks for something unknown</exception>
    public static LlamaConfig Read(JsonElement config, string path)
    {
        var fields = new JsonFields(config, path);
        fields.Expect("is_encoder_decoder", false);
        fields.Expect("add_cross_attention", false);
        if (fields.Section("pruned_heads") is { IsEmpty: false })
            throw fields.Wrong("pruned_heads", "a model whose heads are pruned is not supported");
        if (fields.Text("hidden_act", "silu") != "silu")
            throw fields.Wrong("hidden_act", "only 'silu' is a Llama");
        var heads = fields.Count("num_attention_heads");
        var hidden = fields.Count("hidden_size");
        var keyValueHeads = fields.Count("num_key_value_heads", heads);
        var headSize = fields.Count("head_dim", hidden / heads);
        if (heads % keyValueHeads != 0)
            throw fields.Wrong("num_key_value_heads", $"{heads} heads cannot share {keyValueHeads} evenly");
        if (headSize % 2 != 0)
            throw fields.Wrong("head_dim", $"rotary positions need an even head size, not {headSize}");
        var theta = fields.Number("rope_theta", 10000);
        var rope = fields.Section("rope_parameters");  // where transformers 5 keeps both
        return new LlamaConfig
        {
            Shape = new ModelShape
            {
                Blocks = fields.Count("num_hidden_layers"),
                Hidden = hidden,
                Heads = heads,
                KeyValueHeads = keyValueHeads,
                HeadSize = headSize,
                Vocabulary = fields.Count("vocab_size"),
                MaxPositions = fields.Count("max_position_embeddings", 2048),
                TiedHead = fields.Flag("tie_word_embeddings"),
                PadId = fields.Token("pad_token_id"),
                AttentionDropout = fields.Number("attention_dropout", 0),
                InitializerRange = fields.Number("initializer_range", 0.02),
            },
            Intermediate = fields.Count("intermediate_size"),
            NormEpsilon = fields.Number("rms_norm_eps", 1e-6),
            RopeTheta = rope?.Number("rope_theta", theta) ?? theta,
            RopeScaling = RopeScaling.Read(rope) ?? RopeScaling.Read(fields.Section("rope_scaling")),
            AttentionBias = fields.Flag("attention_bias"),
            MlpBias = fields.Flag("mlp_bias"),
        };
    }
}
