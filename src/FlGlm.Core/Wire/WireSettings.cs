namespace FlGlm.Core.Wire;

/// <summary>What a channel puts up with.</summary>
public sealed record WireSettings
{
    /// <summary>Before the peer has proved who it is, control parts above this are refused.</summary>
    internal const int MaxHandshakeBytes = 16 * 1024;

    /// <summary>No tensors, little control: the peer may be anyone yet.</summary>
    internal static readonly WireSettings BeforeHandshake = new() { MaxFrameBytes = 0, MaxControlBytes = MaxHandshakeBytes };

    /// <summary>Largest tensor of one frame, in bytes. Checked before a byte is allocated for it.</summary>
    public long MaxFrameBytes { get; init; } = FrameLimit.Default;

    /// <summary>The configuration key that <see cref="MaxFrameBytes"/> comes from, for messages; null where no key changes it.</summary>
    public string? FrameLimitKey { get; init; }

    /// <summary>Largest control part of one frame, in bytes.</summary>
    public int MaxControlBytes { get; init; } = 1 << 20;

    /// <summary>A peer that has not finished the handshake by then is dropped.</summary>
    public double HandshakeTimeoutSeconds { get; init; } = 10;

    /// <summary>A peer of which nothing was heard, pings included, or that took nothing for so long is given up; 0 = never.</summary>
    public double PeerTimeoutSeconds { get; init; }
}
