namespace FlGlm.Core.Checkpoints;

/// <summary>The number type of a stored tensor, with the names of the safetensors format.</summary>
public enum ElementType
{
    /// <summary>Booleans, one byte each.</summary>
    Bool,

    /// <summary>Unsigned integers of 8 bits.</summary>
    U8,

    /// <summary>Signed integers of 8 bits.</summary>
    I8,

    /// <summary>Signed integers of 16 bits.</summary>
    I16,

    /// <summary>IEEE 754 half precision, 16 bits.</summary>
    F16,

    /// <summary>bfloat16: float32 without the lower 16 bits of its fraction.</summary>
    BF16,

    /// <summary>Signed integers of 32 bits.</summary>
    I32,

    /// <summary>IEEE 754 single precision, 32 bits.</summary>
    F32,

    /// <summary>Signed integers of 64 bits.</summary>
    I64,

    /// <summary>IEEE 754 double precision, 64 bits.</summary>
    F64,
}
