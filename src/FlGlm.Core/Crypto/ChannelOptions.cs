using FlGlm.Core.Configuration;

namespace FlGlm.Core.Crypto;

/// <summary>One side's name, keys and limits for a handshake.</summary>
internal sealed record ChannelOptions
{
    /// <summary>The name that this side gives the peer.</summary>
    public required string Name { get; init; }

    /// <summary>The name on the list of known peers that the peer must have; empty = any on the list. Without keys nothing is compared.</summary>
    public string Peer { get; init; } = "";

    /// <summary>Null = --insecure: no keys, no seal. Both sides must agree.</summary>
    public SealOptions? Seal { get; init; }

    public WireSettings Wire { get; init; } = new();
}
