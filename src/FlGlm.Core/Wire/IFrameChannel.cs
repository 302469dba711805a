using FlGlm.Core.Configuration;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>
/// Frames to and from one peer, in order, each exactly once. Any number of threads may send; one receives.
/// After any failure other than a cancellation between frames, every later call throws the same exception.
/// </summary>
/// <remarks>
/// Sending and receiving throw <see cref="ProtocolException"/> (a violation of the protocol, or a Fault of the peer),
/// <see cref="Configuration.SealException"/> (a frame that does not decrypt) and <see cref="Configuration.NetworkException"/> (the connection ended).
/// </remarks>
internal interface IFrameChannel : IAsyncDisposable
{
    Peer Peer { get; }

    /// <summary>False only where both sides run with --insecure.</summary>
    bool Sealed { get; }

    /// <summary>Wire bytes so far, headers and tags included.</summary>
    long BytesSent { get; }

    /// <inheritdoc cref="BytesSent"/>
    long BytesReceived { get; }

    /// <summary>Sends one frame; when it completes, the transport has all bytes and <paramref name="payload"/> may be disposed.</summary>
    ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct);

    /// <summary>
    /// The next frame for the caller: Ping and rekeying frames are handled internally, a Fault is thrown.
    /// The caller disposes the frame, which releases its buffers.
    /// </summary>
    ValueTask<Frame> ReceiveAsync(CancellationToken ct);

    /// <summary>Sends a Ping that asks for an answer. Somebody must be receiving on this channel.</summary>
    /// <param name="patience">how long to wait</param>
    /// <returns>whether anything came from the peer in that time</returns>
    Task<bool> IsAliveAsync(TimeSpan patience);

    /// <summary>
    /// Starts a new key period. The request is sent at once and <see cref="ReceiveAsync"/> handles the answers: each direction changes
    /// keys at one point in its own sequence of frames, so steps continue meanwhile. Without a seal, or while a new period has been
    /// requested and not completed, nothing happens. Only the client calls it.
    /// </summary>
    /// <returns>whether a period is requested now</returns>
    ValueTask<bool> RekeyAsync(CancellationToken ct);
}
