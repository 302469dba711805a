using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static FlGlm.Core.Crypto.HandshakeSteps;

namespace FlGlm.Core.Crypto;

/// <summary>The client's side of the handshake: it sends the first message and authenticates first.</summary>
internal static class ClientHandshake
{
    public static Task<IFrameChannel> RunAsync(PipeFrameChannel frames, ChannelOptions options, CancellationToken ct)
    {
        PeerName.Check(options.Name);
        return options.Seal is { } seal ? SealAsync(frames, options, seal, ct) : RunInsecureAsync(frames, options, ct);
    }

    private static async Task<IFrameChannel> RunInsecureAsync(PipeFrameChannel frames, ChannelOptions options, CancellationToken ct)
    {
        await frames.SendAsync(FrameKind.Hello, new Hello { Name = options.Name }, null, ct).ConfigureAwait(false);
        var welcome = await ReceiveWelcomeAsync(frames, sealing: false, ct).ConfigureAwait(false);
        frames.Open(frames.Peer with { Name = PeerName.Check(welcome.Name) }, options.Wire);
        return frames;
    }

    private static async Task<IFrameChannel> SealAsync(PipeFrameChannel frames, ChannelOptions options, SealOptions seal, CancellationToken ct)
    {
        var hello = new Hello
        {
            Sealed = true,
            Nonce = NewNonce(),
            IdentityKey = seal.Identity.PublicKey.ToByteString(),
            Name = options.Name,
        };
        await frames.SendAsync(FrameKind.Hello, hello, null, ct).ConfigureAwait(false);

        var welcome = await ReceiveWelcomeAsync(frames, sealing: true, ct).ConfigureAwait(false);
        CheckLengths(welcome.Nonce, welcome.SessionId);
        var server = seal.KnownPeers.Admit(PeerName.Check(welcome.Name), PublicIdentity.Import(welcome.IdentityKey.Span));
        if (options.Peer.Length > 0 && server.Name != options.Peer)
            throw new SealException($"The server at {frames.Peer.Address} is '{server.Name}'; this client means '{options.Peer}' (client.server). Correct one of client.server and client.connect.");
        var keys = new KeyRenewal(frames, FrameDirection.ClientToServer, seal, server.Key, Begin(hello).Add(welcome));
        try
        {
            await keys.OfferAsync(ct).ConfigureAwait(false);
            await ContinueAsync(frames, keys, FrameKind.RekeyAnswer, ct).ConfigureAwait(false);
            await ReceiveAsync<Ready>(frames, FrameKind.Ready, ct).ConfigureAwait(false);
            seal.KnownPeers.Keep(server);
            frames.Open(new Peer(server.Name, server.Key.Fingerprint, frames.Peer.Address), options.Wire);
            return new SealedChannel(frames, keys);
        }
        catch (ProtocolException e) when (!e.FromPeer)
        {
            keys.Dispose();
            throw new ProtocolException(e.Code, e.Message, e) { IsBroken = true }; // this is an FL-GLM server
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private static async Task<Welcome> ReceiveWelcomeAsync(PipeFrameChannel frames, bool sealing, CancellationToken ct)
    {
        var welcome = await ReceiveAsync<Welcome>(frames, FrameKind.Welcome, ct).ConfigureAwait(false);
        if (welcome.Sealed != sealing || welcome.SessionId.Length != SessionIdBytes)
            throw new ProtocolException(FaultCode.SealMismatch, "The server answers in another mode than it was asked for; the messages may have been changed.");
        frames.SessionId = new Guid(welcome.SessionId.Span);
        return welcome;
    }
}
