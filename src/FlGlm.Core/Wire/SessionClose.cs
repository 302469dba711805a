using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>The last word of a session. It waits for the peer to hang up: closing on unread bytes would take the word back.</summary>
public static class SessionClose
{
    private static readonly TimeSpan PeerTimeout = TimeSpan.FromSeconds(2);

    public static Task SendGoodbyeAsync(IFrameChannel channel) => SendAndDrainAsync(channel, FrameKind.Goodbye, new Goodbye());

    /// <summary>Tells the peer why, unless it was the peer who ended it or it is gone.</summary>
    public static Task SendFaultAsync(IFrameChannel channel, Exception failure) => failure is ProtocolException { FromPeer: true } or NetworkException or GoodbyeException
        ? Task.CompletedTask
        : SendAndDrainAsync(channel, FrameKind.Fault, Faults.ToMessage(failure));

    private static async Task SendAndDrainAsync(IFrameChannel channel, FrameKind kind, IMessage message)
    {
        using var timeout = new CancellationTokenSource(PeerTimeout);
        try
        {
            await channel.SendAsync(kind, message, null, timeout.Token);
            while (true)
                (await channel.ReceiveAsync(timeout.Token)).Dispose();
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // The peer has hung up, or does not; either way the session is over.
        }
    }
}
