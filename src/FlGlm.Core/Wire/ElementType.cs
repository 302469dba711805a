namespace FlGlm.Core.Wire;

/// <summary>How one number of a payload is written; little-endian.</summary>
public enum ElementType : byte
{
    /// <summary>The frame carries no tensor.</summary>
    None = 0,
    Float32 = 1,
    BFloat16 = 2,
    Float16 = 3,
}
