namespace FlGlm.Core.Wire;

/// <summary>The number type of a payload; little-endian.</summary>
public enum ElementType : byte
{
    /// <summary>The frame carries no tensor.</summary>
    None = 0,
    Float32 = 1,
    BFloat16 = 2,
    Float16 = 3,
}
