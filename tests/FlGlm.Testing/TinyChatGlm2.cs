namespace FlGlm.Testing;

/// <summary>A random ChatGLM2.</summary>
public sealed record TinyChatGlm2 : TinyModel
{
    public int Groups { get; init; } = 2;

    public override IReadOnlyList<string> LoraTargets => ["query_key_value", "dense", "dense_4h_to_h"];

    protected override Dictionary<string, object> Config() => new()
    {
        ["model_type"] = "chatglm",
        ["num_layers"] = Blocks,
        ["hidden_size"] = Hidden,
        ["num_attention_heads"] = Heads,
        ["kv_channels"] = Hidden / Heads,
        ["multi_query_attention"] = true,
        ["multi_query_group_num"] = Groups,
        ["ffn_hidden_size"] = Intermediate,
        ["padded_vocab_size"] = Vocabulary,
        ["seq_length"] = MaxPositions,
        ["layernorm_epsilon"] = 1e-5,
        ["add_qkv_bias"] = true,
        ["tie_word_embeddings"] = TiedHead,
    };
}
