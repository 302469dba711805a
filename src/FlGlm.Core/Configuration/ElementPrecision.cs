using System.Runtime.Serialization;

namespace FlGlm.Core.Configuration;

/// <summary>The dtype of base weights, hidden states and their gradients. Adapters always train in float32.</summary>
public enum ElementPrecision
{
    /// <summary><c>float32</c>: 4 bytes per number.</summary>
    Float32,

    /// <summary><c>bfloat16</c>: 2 bytes per number, the range of float32.</summary>
    [EnumMember(Value = "bfloat16")]
    BFloat16,
}
