using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>What a channel puts up with.</summary>
public sealed record WireSettings : IValidated
{
    /// <summary>Before the peer has proved who it is, control parts above this are refused.</summary>
    internal const int MaxHandshakeBytes = 16 * 1024;

    /// <summary>No tensors, little control: the peer may be anyone yet.</summary>
    internal static readonly WireSettings BeforeHandshake = new() { MaxFrameBytes = 0, MaxControlBytes = MaxHandshakeBytes };

    /// <summary>Largest tensor of one frame, in bytes. Checked before a byte is allocated for it.</summary>
    public long MaxFrameBytes { get; init; } = 1L << 30;

    /// <summary>Largest control part of one frame, in bytes.</summary>
    public int MaxControlBytes { get; init; } = 1 << 20;

    /// <summary>A peer that has not finished the handshake by then is dropped.</summary>
    public double HandshakeTimeoutSeconds { get; init; } = 10;

    /// <summary>A peer of which nothing was heard for so long, pings included, is given up; 0 = never.</summary>
    public double PatienceSeconds { get; init; }

    public IEnumerable<Problem> Validate()
    {
        if (MaxFrameBytes is < 1024 or > 0x7FFFFFC7)
            yield return new Problem("max_frame_bytes", $"{MaxFrameBytes} is out of range; 1024 to 2147483591 (one buffer holds a frame's tensor).");
        if (MaxControlBytes is < MaxHandshakeBytes or > (1 << 28))
            yield return new Problem("max_control_bytes", $"{MaxControlBytes} is out of range; {MaxHandshakeBytes} to {1 << 28}.");
        if (HandshakeTimeoutSeconds is not (> 0 and <= 3600))
            yield return new Problem("handshake_timeout_seconds", $"{HandshakeTimeoutSeconds} is out of range; above 0, at most 3600.");
        if (PatienceSeconds is not (>= 0 and <= 86400))
            yield return new Problem("patience_seconds", $"{PatienceSeconds} is out of range; 0 (never) to 86400.");
    }
}
