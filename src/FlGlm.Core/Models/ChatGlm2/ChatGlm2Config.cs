using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>What a ChatGLM2 or ChatGLM3 checkpoint's <c>config.json</c> says.</summary>
internal sealed record ChatGlm2Config
{
    /// <summary>The keys of a <c>config.json</c> that only this family has, or that it reads: <see cref="KnownConfigKeys"/>.</summary>
    internal static readonly string[] Keys =
    [
        "add_bias_linear", "add_qkv_bias", "apply_query_key_layer_scaling", "apply_residual_connection_post_layernorm", "attention_dropout",
        "attention_softmax_in_fp32", "bias_dropout_fusion", "classifier_dropout", "ffn_hidden_size", "fp32_residual_connection",
        "hidden_dropout", "hidden_size", "interleaved_qkv", "kv_channels", "layernorm_epsilon", "multi_query_attention",
        "multi_query_group_num", "num_attention_heads", "num_layers", "original_rope", "padded_vocab_size", "post_layer_norm",
        "quantization_bit", "rmsnorm", "rope_ratio", "seq_length", "vocab_size",
    ];

    internal const double PublishedTheta = 10000;

    public required ModelShape Shape { get; init; }

    /// <summary>Width of the gated MLP.</summary>
    public required int Intermediate { get; init; }

    public required double NormEpsilon { get; init; }

    /// <summary>Whether the fused projection of queries, keys and values has a bias.</summary>
    public required bool QueryKeyValueBias { get; init; }

    /// <summary>The base of the rotary frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <exception cref="CheckpointException">a field is missing, makes no sense, or asks for something unknown</exception>
    public static ChatGlm2Config Read(JsonElement config, string path)
    {
        var fields = new JsonFields(config, path);
        fields.Expect("rmsnorm", true);
        fields.Expect("post_layer_norm", true);
        fields.Expect("original_rope", true);
        fields.Expect("add_bias_linear", false);
        fields.Expect("interleaved_qkv", false);
        fields.Expect("fp32_residual_connection", false);
        fields.Expect("apply_residual_connection_post_layernorm", false);
        if (fields.Number("hidden_dropout", 0) != 0)
            throw fields.Wrong("hidden_dropout", "dropout on hidden states is not supported; set it to 0");
        var heads = fields.Count("num_attention_heads");
        var headSize = fields.Count("kv_channels");
        var groups = fields.Flag("multi_query_attention", true) ? fields.Count("multi_query_group_num", heads) : heads;
        if (heads % groups != 0)
            throw fields.Wrong("multi_query_group_num", $"{heads} heads cannot share {groups} evenly");
        if (headSize % 4 != 0)
            throw fields.Wrong("kv_channels", $"rotary positions on half of each head need a head size divisible by 4, not {headSize}");
        return new ChatGlm2Config
        {
            Shape = new ModelShape
            {
                Blocks = fields.Count("num_layers"),
                Hidden = fields.Count("hidden_size"),
                Heads = heads,
                KeyValueHeads = groups,
                HeadSize = headSize,
                Vocabulary = fields.Count("padded_vocab_size"),
                MaxPositions = fields.Count("seq_length", 2048),
                TiedHead = fields.Flag("tie_word_embeddings"),
                AttentionDropout = fields.Number("attention_dropout", 0),
            },
            Intermediate = fields.Count("ffn_hidden_size"),
            NormEpsilon = fields.Number("layernorm_epsilon", 1e-5),
            RopeTheta = PublishedTheta * ReadRopeRatio(fields),
            QueryKeyValueBias = fields.Flag("add_qkv_bias"),
        };
    }

    /// <summary>
    /// <c>rope_ratio</c> multiplies the base in ChatGLM3-6B-32k; in ChatGLM2-6B-32k the same key divides positions, in the weights' 16-bit
    /// type, so that it counts only where the model's name tells the two apart.
    /// </summary>
    private static double ReadRopeRatio(JsonFields fields)
    {
        var ratio = fields.Number("rope_ratio", 1);
        if (!(ratio > 0))
            throw fields.Wrong("rope_ratio", $"{ratio} is no ratio; more than 0");
        if (ratio == 1 || fields.Text("_name_or_path", "").Contains("chatglm3", StringComparison.OrdinalIgnoreCase))
            return ratio;
        throw fields.Wrong(
            "rope_ratio",
            "is supported as ChatGLM3-6B-32k has it, and _name_or_path does not say that this is one (in ChatGLM2-6B-32k the key means something else, "
            + "which is not supported); for a ChatGLM3 set _name_or_path to THUDM/chatglm3-6b-32k");
    }
}
