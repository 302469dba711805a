using System.Runtime.Serialization;

namespace FlGlm.Core.Crypto;

/// <summary>What to do with an identity key that is on no list.</summary>
public enum PeerTrust
{
    /// <summary>Refuse it.</summary>
    Pinned,

    /// <summary>Record it, once, and say so loudly; from then on it is pinned. Whoever comes first is believed.</summary>
    [EnumMember(Value = "first-use")]
    FirstUse,
}
