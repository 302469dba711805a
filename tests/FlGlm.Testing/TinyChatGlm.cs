namespace FlGlm.Testing;

/// <summary>A random ChatGLM-6B.</summary>
public sealed record TinyChatGlm : TinyModel
{
    /// <summary>The ids of MASK, gMASK, start and end; null = the last four of the vocabulary.</summary>
    public IReadOnlyList<int>? Marks { get; init; }

    public override IReadOnlyList<string> LoraTargets => ["query_key_value", "dense", "dense_4h_to_h"];

    private IReadOnlyList<int> MarkIds => Marks ?? [Vocabulary - 4, Vocabulary - 3, Vocabulary - 2, Vocabulary - 1];

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
        ["mask_token_id"] = MarkIds[0],
        ["gmask_token_id"] = MarkIds[1],
        ["bos_token_id"] = MarkIds[2],
        ["eos_token_id"] = MarkIds[3],
    };
}
