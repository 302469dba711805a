namespace FlGlm.Core.Crypto;

/// <summary>The keys of one side.</summary>
/// <param name="Identity">This side's private key; signs.</param>
/// <param name="KnownPeers">The peers that it accepts.</param>
/// <param name="Keys">The source of the new RSA pair of every key period.</param>
public sealed record SealOptions(IdentityKey Identity, KnownPeers KnownPeers, RsaKeyPool Keys);
