using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

internal static class FrameChannelExtensions
{
    /// <summary>The next frame, which must be of this kind.</summary>
    /// <exception cref="GoodbyeException">The peer ends the session with a Goodbye frame instead.</exception>
    /// <exception cref="ProtocolException">The frame is of another kind.</exception>
    public static async ValueTask<Frame> ExpectAsync(this IFrameChannel channel, FrameKind kind, CancellationToken ct)
    {
        var frame = await channel.ReceiveAsync(ct).ConfigureAwait(false);
        if (frame.Kind == kind)
            return frame;
        using (frame)
        {
            throw frame.Kind == FrameKind.Goodbye
                ? new GoodbyeException(channel.Peer)
                : new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where {kind} was expected.");
        }
    }
}
