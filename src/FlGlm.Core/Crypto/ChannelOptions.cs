using FlGlm.Core.Wire;

namespace FlGlm.Core.Crypto;

/// <summary>What one side brings to a handshake.</summary>
public sealed record ChannelOptions
{
    /// <summary>What this side calls itself.</summary>
    public required string Name { get; init; }

    /// <summary>Null = --insecure: no keys, no seal. Both sides must agree.</summary>
    public SealOptions? Seal { get; init; }

    public WireSettings Wire { get; init; } = new();
}
