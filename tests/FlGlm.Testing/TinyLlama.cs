namespace FlGlm.Testing;

/// <summary>A random Llama.</summary>
public sealed record TinyLlama : TinyModel
{
    public int KeyValueHeads { get; init; } = 2;

    public bool AttentionBias { get; init; }

    public override IReadOnlyList<string> LoraTargets => ["q_proj", "v_proj", "down_proj"];

    protected override Dictionary<string, object> Config() => new()
    {
        ["model_type"] = "llama",
        ["num_hidden_layers"] = Blocks,
        ["hidden_size"] = Hidden,
        ["num_attention_heads"] = Heads,
        ["num_key_value_heads"] = KeyValueHeads,
        ["intermediate_size"] = Intermediate,
        ["vocab_size"] = Vocabulary,
        ["max_position_embeddings"] = MaxPositions,
        ["rms_norm_eps"] = 1e-5,
        ["tie_word_embeddings"] = TiedHead,
        ["attention_bias"] = AttentionBias,
    };
}
