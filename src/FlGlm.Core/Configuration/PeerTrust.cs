using System.Runtime.Serialization;

namespace FlGlm.Core.Configuration;

/// <summary>What to do with an identity key that is not on the list.</summary>
public enum PeerTrust
{
    /// <summary>Refuse it.</summary>
    Pinned,

    /// <summary>Record it once, with a warning in the log; from then on it is pinned. The first key that claims a name is accepted without proof.</summary>
    [EnumMember(Value = "first-use")]
    FirstUse,
}
