using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static FlGlm.Core.Crypto.HandshakeSteps;

namespace FlGlm.Core.Crypto;

/// <summary>The server's side: costly work (a key pair, a signature) only for an authenticated peer that is on the list.</summary>
internal static class ServerHandshake
{
    public static async Task<IFrameChannel> RunAsync(PipeFrameChannel frames, ChannelOptions options, CancellationToken ct)
    {
        var hello = await ReceiveAsync<Hello>(frames, FrameKind.Hello, ct).ConfigureAwait(false);
        if (hello.Sealed != options.Seal is not null)
            throw SealMismatch(hello.Sealed);
        PeerName.Check(hello.Name);
        return options.Seal is { } seal
            ? await SealAsync(frames, hello, options, seal, ct).ConfigureAwait(false)
            : await RunInsecureAsync(frames, hello, options, ct).ConfigureAwait(false);
    }

    private static async Task<IFrameChannel> RunInsecureAsync(PipeFrameChannel frames, Hello hello, ChannelOptions options, CancellationToken ct)
    {
        var welcome = new Welcome { Name = options.Name, SessionId = NewSessionId() };
        await frames.SendAsync(FrameKind.Welcome, welcome, null, ct).ConfigureAwait(false);
        frames.SessionId = new Guid(welcome.SessionId.Span);
        frames.Open(frames.Peer with { Name = hello.Name }, options.Wire);
        return frames;
    }

    private static async Task<IFrameChannel> SealAsync(
        PipeFrameChannel frames, Hello hello, ChannelOptions options, SealOptions seal, CancellationToken ct)
    {
        CheckLengths(hello.Nonce, sessionId: null);
        var client = await AdmitAsync(frames, hello, seal).ConfigureAwait(false);
        var welcome = new Welcome
        {
            Sealed = true,
            Nonce = NewNonce(),
            IdentityKey = seal.Identity.PublicKey.ToByteString(),
            Name = options.Name,
            SessionId = NewSessionId(),
        };
        await frames.SendAsync(FrameKind.Welcome, welcome, null, ct).ConfigureAwait(false);
        frames.SessionId = new Guid(welcome.SessionId.Span);

        var keys = new KeyRenewal(frames, FrameDirection.ServerToClient, seal, client.Key, Begin(hello).Add(welcome));
        try
        {
            await ContinueAsync(frames, keys, FrameKind.RekeyOffer, ct).ConfigureAwait(false);
            await ContinueAsync(frames, keys, FrameKind.RekeyConfirm, ct).ConfigureAwait(false);
            seal.KnownPeers.Keep(client);
            frames.Open(new Peer(client.Name, client.Key.Fingerprint, frames.Peer.Address), options.Wire);
            await frames.SendAsync(FrameKind.Ready, new Ready(), null, ct).ConfigureAwait(false);
            return new SealedChannel(frames, keys);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>The known peer that owns this key; the list is checked before any costly work.</summary>
    private static async Task<KnownPeer> AdmitAsync(PipeFrameChannel frames, Hello hello, SealOptions seal)
    {
        var key = PublicIdentity.Import(hello.IdentityKey.Span);
        try
        {
            return seal.KnownPeers.Admit(hello.Name, key);
        }
        catch (SealException e)
        {
            throw await frames.FailAsync(e, new Fault
            {
                Code = (uint)FaultCode.UnknownIdentity,
                Text = $"it does not accept the identity key {key.Fingerprint}; give its owner the line that `flglm keys` printed.",
            }).ConfigureAwait(false);
        }
    }

    private static ProtocolException SealMismatch(bool clientSeals) => new(FaultCode.SealMismatch, clientSeals
        ? "the client seals its frames and the server was started with --insecure; remove it there, or use it on both sides."
        : "the client was started with --insecure and the server seals its frames; remove it there, or use it on both sides.");
}
