using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>
/// Frames to and from one peer, in order, each exactly once. Any number of threads may send; one receives.
/// After any failure but a cancellation between frames the channel is dead and says the same again.
/// </summary>
/// <remarks>
/// Sending and receiving throw <see cref="ProtocolException"/> (rules broken, or the peer's own Fault),
/// <see cref="Configuration.SealException"/> (a frame does not open) and <see cref="Configuration.NetworkException"/> (the peer went away).
/// </remarks>
public interface IFrameChannel : IAsyncDisposable
{
    Peer Peer { get; }

    /// <summary>False only where both sides run with --insecure.</summary>
    bool Sealed { get; }

    /// <summary>Wire bytes so far, headers and tags included.</summary>
    long BytesSent { get; }

    /// <inheritdoc cref="BytesSent"/>
    long BytesReceived { get; }

    /// <summary>Sends one frame; when it completes, the bytes are with the transport and <paramref name="payload"/> may go.</summary>
    ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct);

    /// <summary>
    /// The next frame that concerns the caller: pings and rekeying are dealt with on the way, a Fault is thrown.
    /// The caller disposes the frame, which returns its buffers.
    /// </summary>
    ValueTask<Frame> ReceiveAsync(CancellationToken ct);

    /// <summary>
    /// Starts a new key period. The request goes out at once and <see cref="ReceiveAsync"/> does the rest in passing: each direction
    /// changes keys at one place in its own sequence of frames, so steps flow on meanwhile. Without a seal, or while a period is
    /// already on its way, nothing happens. Only the client calls it.
    /// </summary>
    ValueTask RekeyAsync(CancellationToken ct);
}
