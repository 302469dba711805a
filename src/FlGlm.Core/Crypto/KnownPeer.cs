namespace FlGlm.Core.Crypto;

/// <summary>One line of a list of known peers.</summary>
/// <param name="Name">What the owner of the list calls the peer.</param>
/// <param name="Key">The identity key that proves it.</param>
public sealed record KnownPeer(string Name, PublicIdentity Key);
