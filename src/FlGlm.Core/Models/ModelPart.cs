namespace FlGlm.Core.Models;

/// <summary>Which part of a decoder-only model a tensor belongs to.</summary>
public enum ModelPart
{
    /// <summary>The token embedding [V, H].</summary>
    Embedding,

    /// <summary>A tensor of a decoder block.</summary>
    Block,

    /// <summary>The norm behind the last block.</summary>
    FinalNorm,

    /// <summary>The projection to the vocabulary [V, H].</summary>
    LmHead,
}
