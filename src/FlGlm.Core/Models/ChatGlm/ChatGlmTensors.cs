namespace FlGlm.Core.Models.ChatGlm;

/// <summary>The tensors of a ChatGLM-6B checkpoint under their published names.</summary>
internal static class ChatGlmTensors
{
    public const string Embedding = "transformer.word_embeddings.weight";
    public const string FinalNorm = "transformer.final_layernorm";
    public const string LmHead = "lm_head.weight";

    /// <summary>What the names of a block begin with.</summary>
    public static string Scope(int block) => $"transformer.layers.{block}.";

    public static IReadOnlyList<TensorSpec> List(ChatGlmConfig config)
    {
        var shape = config.Shape;
        var tensors = new List<TensorSpec> { new(Embedding, [shape.Vocabulary, shape.Hidden], ModelPart.Embedding) };
        for (var block = 0; block < shape.Blocks; block++)
            tensors.AddRange(Block(config, block));
        tensors.AddRange(Norm(FinalNorm, shape.Hidden, ModelPart.FinalNorm, -1));
        if (!shape.TiedHead)
            tensors.Add(new(LmHead, [shape.Vocabulary, shape.Hidden], ModelPart.LmHead));
        return tensors;
    }

    private static IEnumerable<TensorSpec> Block(ChatGlmConfig config, int block)
    {
        var (hidden, wide, scope) = (config.Shape.Hidden, config.Intermediate, Scope(block));
        return
        [
            .. Norm(scope + "input_layernorm", hidden, ModelPart.Block, block),
            .. Linear(scope + "attention.query_key_value", hidden, 3 * hidden, block),
            .. Linear(scope + "attention.dense", hidden, hidden, block),
            .. Norm(scope + "post_attention_layernorm", hidden, ModelPart.Block, block),
            .. Linear(scope + "mlp.dense_h_to_4h", hidden, wide, block),
            .. Linear(scope + "mlp.dense_4h_to_h", wide, hidden, block),
        ];
    }

    private static IEnumerable<TensorSpec> Norm(string module, int hidden, ModelPart part, int block) =>
    [
        new(module + ".weight", [hidden], part, block, TensorInit.Ones),
        new(module + ".bias", [hidden], part, block, TensorInit.Zeros),
    ];

    private static IEnumerable<TensorSpec> Linear(string module, int inputs, int outputs, int block) =>
    [
        new(module + ".weight", [outputs, inputs], ModelPart.Block, block),
        new(module + ".bias", [outputs], ModelPart.Block, block, TensorInit.Zeros),
    ];
}
