using System.Runtime.Serialization;

namespace FlGlm.Core.Configuration;

/// <summary>What to do with a peer whose identity key is not on the list.</summary>
public enum TrustPolicy
{
    /// <summary>Refuse it.</summary>
    Pinned,

    /// <summary>Record it once, and say so loudly; a later change is refused.</summary>
    [EnumMember(Value = "first-use")]
    FirstUse,
}
