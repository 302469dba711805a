namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>The tensors of a ChatGLM2 or ChatGLM3 checkpoint under their published names.</summary>
internal static class ChatGlm2Tensors
{
    public const string Embedding = "transformer.embedding.word_embeddings.weight";
    public const string FinalNorm = "transformer.encoder.final_layernorm";
    public const string LmHead = "transformer.output_layer.weight";

    /// <summary>What the names of a block begin with.</summary>
    public static string Scope(int block) => $"transformer.encoder.layers.{block}.";

    public static IReadOnlyList<TensorSpec> List(ChatGlm2Config config)
    {
        var shape = config.Shape;
        var tensors = new List<TensorSpec> { new(Embedding, [shape.Vocabulary, shape.Hidden], ModelPart.Embedding) };
        for (var block = 0; block < shape.Blocks; block++)
            tensors.AddRange(Block(config, block));
        tensors.Add(new(FinalNorm + ".weight", [shape.Hidden], ModelPart.FinalNorm, Init: TensorInit.Ones));
        if (!shape.TiedHead)
            tensors.Add(new(LmHead, [shape.Vocabulary, shape.Hidden], ModelPart.LmHead));
        return tensors;
    }

    private static IEnumerable<TensorSpec> Block(ChatGlm2Config config, int block)
    {
        var (shape, scope) = (config.Shape, Scope(block));
        var (hidden, queries, fused) = (shape.Hidden, shape.Heads * shape.HeadSize, (shape.Heads * shape.HeadSize) + (2 * shape.KeyWidth));
        yield return new(scope + "input_layernorm.weight", [hidden], ModelPart.Block, block, TensorInit.Ones);
        yield return new(scope + "self_attention.query_key_value.weight", [fused, hidden], ModelPart.Block, block);
        if (config.QueryKeyValueBias)
            yield return new(scope + "self_attention.query_key_value.bias", [fused], ModelPart.Block, block, TensorInit.Zeros);
        yield return new(scope + "self_attention.dense.weight", [hidden, queries], ModelPart.Block, block);
        yield return new(scope + "post_attention_layernorm.weight", [hidden], ModelPart.Block, block, TensorInit.Ones);
        yield return new(scope + "mlp.dense_h_to_4h.weight", [2 * config.Intermediate, hidden], ModelPart.Block, block);
        yield return new(scope + "mlp.dense_4h_to_h.weight", [hidden, config.Intermediate], ModelPart.Block, block);
    }
}
