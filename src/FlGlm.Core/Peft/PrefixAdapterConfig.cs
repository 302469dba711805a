namespace FlGlm.Core.Peft;

/// <summary>
/// PEFT's PREFIX_TUNING, stored after projection as <c>prompt_embeddings</c> [L, blocks * 2 * token_dim]: per block its keys, then
/// its values.
/// </summary>
public sealed record PrefixAdapterConfig : AdapterConfig
{
    /// <summary>The tensor's name.</summary>
    public const string TensorName = "prompt_embeddings";

    /// <summary>L, the length of the prefix.</summary>
    public required int VirtualTokens { get; init; }

    /// <summary>Numbers per key: key/value heads times head size.</summary>
    public required int TokenDim { get; init; }

    /// <summary>Heads of the keys and values.</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>N, the blocks of the whole model.</summary>
    public required int Layers { get; init; }

    /// <summary>The hidden width of the projection that produced the prefix; null without a projection.</summary>
    public int? EncoderHiddenSize { get; init; }

    /// <summary>True if a projection produced the prefix.</summary>
    public bool PrefixProjection { get; init; }

    /// <summary>The blocks that the tensor covers.</summary>
    internal int Blocks => Part?.Count ?? Layers;

    /// <summary>The tensor's shape: [L, blocks * 2 * token_dim].</summary>
    internal long[] TensorShape => [VirtualTokens, 2L * Blocks * TokenDim];
}
