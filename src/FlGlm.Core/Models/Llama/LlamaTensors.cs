namespace FlGlm.Core.Models.Llama;

/// <summary>The tensors of a Llama checkpoint under their published names.</summary>
internal static class LlamaTensors
{
    public static IReadOnlyList<TensorSpec> List(LlamaConfig config)
    {
        var shape = config.Shape;
        var tensors = new List<TensorSpec> { new("model.embed_tokens.weight", [shape.Vocabulary, shape.Hidden], ModelPart.Embedding) };
        for (var block = 0; block < shape.Blocks; block++)
            tensors.AddRange(Block(config, block));
        tensors.Add(new("model.norm.weight", [shape.Hidden], ModelPart.FinalNorm, Init: TensorInit.Ones));
        if (!shape.TiedHead)
            tensors.Add(new("lm_head.weight", [shape.Vocabulary, shape.Hidden], ModelPart.LmHead));
        return tensors;
    }

    private static IEnumerable<TensorSpec> Block(LlamaConfig config, int block)
    {
        var (hidden, queries, keys, wide) = (config.Shape.Hidden, config.Shape.Heads * config.Shape.HeadSize, config.Shape.KeyWidth, config.Intermediate);
        var prefix = $"model.layers.{block}.";
        (string Module, long In, long Out, bool Bias)[] linears =
        [
            ("self_attn.q_proj", hidden, queries, config.AttentionBias), ("self_attn.k_proj", hidden, keys, config.AttentionBias),
            ("self_attn.v_proj", hidden, keys, config.AttentionBias), ("self_attn.o_proj", queries, hidden, config.AttentionBias),
            ("mlp.gate_proj", hidden, wide, config.MlpBias), ("mlp.up_proj", hidden, wide, config.MlpBias),
            ("mlp.down_proj", wide, hidden, config.MlpBias),
        ];
        yield return new(prefix + "input_layernorm.weight", [hidden], ModelPart.Block, block, TensorInit.Ones);
        yield return new(prefix + "post_attention_layernorm.weight", [hidden], ModelPart.Block, block, TensorInit.Ones);
        foreach (var (module, inputs, outputs, bias) in linears)
        {
            yield return new(prefix + module + ".weight", [outputs, inputs], ModelPart.Block, block);
            if (bias)
                yield return new(prefix + module + ".bias", [outputs], ModelPart.Block, block, TensorInit.Zeros);
        }
    }
}
