using System.Runtime.Serialization;

namespace FlGlm.Core.Configuration;

/// <summary>The dtype of base weights, hidden states and their gradients. Adapters always train in float32.</summary>
public enum ElementPrecision
{
    Float32,

    [EnumMember(Value = "bfloat16")]
    BFloat16,
}
