namespace FlGlm.Core.Checkpoints;

/// <summary>What one element of a stored tensor is; the names are those of the safetensors format.</summary>
public enum ElementType
{
    Bool,
    U8,
    I8,
    I16,
    F16,
    BF16,
    I32,
    F32,
    I64,
    F64,
}
