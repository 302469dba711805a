namespace FlGlm.Core.Models;

/// <summary>Which part of a decoder-only model a tensor belongs to.</summary>
public enum ModelPart
{
    Embedding,
    Block,
    FinalNorm,
    LmHead,
}
