namespace FlGlm.Testing;

/// <summary>A random ChatGLM-6B; the last four ids of its vocabulary are MASK, gMASK, start and end.</summary>
public sealed record TinyChatGlm : TinyModel
{
    public override IReadOnlyList<string> LoraTargets => ["query_key_value", "dense", "dense_4h_to_h"];

    protected override Dictionary<string, object> Config() => new()
    {
        ["model_type"] = "chatglm",
        ["num_layers"] = Blocks,
        ["hidden_size"] = Hidden,
        ["num_attention_heads"] = Heads,
        ["inner_hidden_size"] = Intermediate,
        ["vocab_size"] = Vocabulary,
        ["max_sequence_length"] = MaxPositions,
        ["layernorm_epsilon"] = 1e-5,
        ["position_encoding_2d"] = true,
        ["tie_word_embeddings"] = TiedHead,
        ["mask_token_id"] = Vocabulary - 4,
        ["gmask_token_id"] = Vocabulary - 3,
        ["bos_token_id"] = Vocabulary - 2,
        ["eos_token_id"] = Vocabulary - 1,
    };
}
