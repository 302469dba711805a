using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Core.Wire;

/// <summary>The last word of a session. It waits for the peer to hang up: closing on unread bytes would take the word back.</summary>
public static class Farewell
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Task SayGoodbyeAsync(IFrameChannel channel) => SayAsync(channel, FrameKind.Goodbye, new Goodbye());

    /// <summary>Tells the peer why, unless it was the peer who ended it or it is gone.</summary>
    public static Task SayWhyAsync(IFrameChannel channel, Exception failure) => failure is ProtocolException { FromPeer: true } or NetworkException or GoodbyeException
        ? Task.CompletedTask
        : SayAsync(channel, FrameKind.Fault, Faults.ToMessage(failure));

    private static async Task SayAsync(IFrameChannel channel, FrameKind kind, IMessage message)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await channel.SendAsync(kind, message, null, patience.Token);
            while (true)
                (await channel.ReceiveAsync(patience.Token)).Dispose();
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // The peer has hung up, or does not; either way the session is over.
        }
    }
}
