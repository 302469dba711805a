namespace FlGlm.Core.Crypto;

/// <summary>The keys of one side.</summary>
/// <param name="Identity">Who this side is; signs.</param>
/// <param name="KnownPeers">Whom it accepts.</param>
/// <param name="Keys">Where every key period's fresh RSA pair comes from.</param>
public sealed record SealOptions(IdentityKey Identity, KnownPeers KnownPeers, RsaKeyPool Keys);
