namespace FlGlm.Core.Crypto;

/// <summary>One line of a list of known peers.</summary>
/// <param name="Name">The name that the owner of the list gave the peer.</param>
/// <param name="Key">The peer's identity key.</param>
public sealed record KnownPeer(string Name, PublicIdentity Key);
