using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>What a ChatGLM2 or ChatGLM3 checkpoint's <c>config.json</c> says.</summary>
public sealed record ChatGlm2Config
{
    public required ModelShape Shape { get; init; }

    /// <summary>Width of the gated MLP.</summary>
    public required int Intermediate { get; init; }

    public required double NormEpsilon { get; init; }

    /// <summary>Whether the fused projection of queries, keys and values has a bias.</summary>
    public required bool QueryKeyValueBias { get; init; }

    /// <exception cref="CheckpointException">a field is missing, makes no sense, or asks for something unknown</exception>
    public static ChatGlm2Config Read(JsonElement config, string path)
    {
        var fields = new ConfigFields(config, path);
        fields.Expect("rmsnorm", true);
        fields.Expect("post_layer_norm", true);
        fields.Expect("original_rope", true);
        fields.Expect("add_bias_linear", false);
        fields.Expect("apply_residual_connection_post_layernorm", false);
        if (fields.Number("rope_ratio", 1) != 1)
            throw fields.Wrong("rope_ratio", "stretched rotary positions are not supported");
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
            QueryKeyValueBias = fields.Flag("add_qkv_bias"),
        };
    }
}
