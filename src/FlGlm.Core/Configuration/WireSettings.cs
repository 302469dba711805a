namespace FlGlm.Core.Configuration;

/// <summary>The limits and time-outs of a channel.</summary>
public sealed record WireSettings
{
    /// <summary>Limit of control parts before the peer is authenticated.</summary>
    internal const int MaxHandshakeBytes = 16 * 1024;

    /// <summary>Limits before the peer is authenticated: no tensors, small control parts.</summary>
    internal static readonly WireSettings BeforeHandshake = new() { MaxFrameBytes = 0, MaxControlBytes = MaxHandshakeBytes };

    /// <summary>Largest tensor of one frame, in bytes. Checked before memory is allocated for it.</summary>
    public long MaxFrameBytes { get; init; } = FrameLimit.Default;

    /// <summary>The configuration key that <see cref="MaxFrameBytes"/> comes from, for messages; null where no key changes it.</summary>
    public string? FrameLimitKey { get; init; }

    /// <summary>Largest control part of one frame, in bytes.</summary>
    public int MaxControlBytes { get; init; } = 1 << 20;

    /// <summary>A connection whose handshake takes longer is closed.</summary>
    public double HandshakeTimeoutSeconds { get; init; } = 10;

    /// <summary>A connection over which the peer sent nothing (not even a Ping) or read nothing for this long is closed; 0 = never.</summary>
    public double PeerTimeoutSeconds { get; init; }
}
