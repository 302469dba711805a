using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>
/// Sends the last frame of a session, then reads until the peer closes the connection (2 s at most): closing with unread bytes would reset
/// the connection, and the peer could lose that frame.
/// </summary>
internal static class SessionClose
{
    /// <summary>The longest wait for the peer at the end of a session.</summary>
    public static readonly TimeSpan PeerTimeout = TimeSpan.FromSeconds(2);

    /// <param name="inbox">receives from the channel</param>
    public static Task SendGoodbyeAsync(IFrameChannel channel, FrameInbox inbox) => SendAndDrainAsync(channel, inbox, FrameKind.Goodbye, new Goodbye());

    /// <summary>Sends the peer the reason as a Fault frame, unless the peer itself ended the session or is no longer connected.</summary>
    /// <param name="inbox">receives from the channel</param>
    public static Task SendFaultAsync(IFrameChannel channel, FrameInbox inbox, Exception failure) =>
        failure is ProtocolException { FromPeer: true } or NetworkException or GoodbyeException
            ? Task.CompletedTask
            : SendAndDrainAsync(channel, inbox, FrameKind.Fault, ToMessage(failure, inbox));

    /// <summary>Sends the peer to another address.</summary>
    /// <param name="inbox">receives from the channel</param>
    public static Task SendRedirectAsync(IFrameChannel channel, FrameInbox inbox, string address) =>
        SendAndDrainAsync(channel, inbox, FrameKind.Redirect, new Redirect { Address = address });

    /// <summary>Answers a peer that has asked for it, and wants nothing else.</summary>
    /// <param name="inbox">receives from the channel</param>
    public static Task SendStatusAsync(IFrameChannel channel, FrameInbox inbox, ServerStatus status) =>
        SendAndDrainAsync(channel, inbox, FrameKind.ServerStatus, status);

    private static Fault ToMessage(Exception failure, FrameInbox inbox)
    {
        var fault = Faults.ToMessage(failure);
        fault.Broken = inbox.IsBroken;
        return fault;
    }

    private static async Task SendAndDrainAsync(IFrameChannel channel, FrameInbox inbox, FrameKind kind, IMessage message)
    {
        using var timeout = new CancellationTokenSource(PeerTimeout);
        try
        {
            await channel.SendAsync(kind, message, null, timeout.Token).ConfigureAwait(false);
            while (true)
                (await inbox.ReceiveAsync(timeout.Token).ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // The peer has closed the connection, or did not do so in time; in both cases the session is over.
        }
    }
}
