namespace FlGlm.Core.Checkpoints;

/// <summary>The number type of a stored tensor, with the names of the safetensors format.</summary>
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
