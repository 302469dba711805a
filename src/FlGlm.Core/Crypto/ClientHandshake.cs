using System.Security.Cryptography;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;
using static FlGlm.Core.Crypto.HandshakeSteps;

namespace FlGlm.Core.Crypto;

/// <summary>The client's side: it speaks first and proves itself last.</summary>
internal static class ClientHandshake
{
    public static Task<IFrameChannel> RunAsync(PipeFrameChannel frames, ChannelOptions options, CancellationToken ct)
    {
        PeerName.Check(options.Name);
        return options.Seal is { } seal ? SealAsync(frames, options, seal, ct) : StayPlainAsync(frames, options, ct);
    }

    private static async Task<IFrameChannel> StayPlainAsync(PipeFrameChannel frames, ChannelOptions options, CancellationToken ct)
    {
        await frames.SendAsync(FrameKind.Hello, new Hello { Name = options.Name }, null, ct);
        var welcome = await ReceiveWelcomeAsync(frames, sealing: false, ct);
        frames.Open(frames.Peer with { Name = PeerName.Check(welcome.Name) }, options.Wire);
        return frames;
    }

    private static async Task<IFrameChannel> SealAsync(PipeFrameChannel frames, ChannelOptions options, SealOptions seal, CancellationToken ct)
    {
        using var pair = await seal.Keys.TakeAsync(ct);
        var hello = new Hello
        {
            Sealed = true,
            Nonce = NewNonce(),
            IdentityKey = seal.Identity.PublicKey.ToByteString(),
            Name = options.Name,
            PeriodKey = ByteString.CopyFrom(pair.PublicKey),
        };
        await frames.SendAsync(FrameKind.Hello, hello, null, ct);

        var welcome = await ReceiveWelcomeAsync(frames, sealing: true, ct);
        CheckLengths(welcome.Nonce, welcome.SessionId);
        var server = seal.KnownPeers.Admit(PeerName.Check(welcome.Name), PublicIdentity.Import(welcome.IdentityKey.Span));
        var transcript = Begin(hello).Add(welcome);
        Verify(server.Key, transcript, welcome.Signature);
        frames.UseOpener(new FrameSealer(FirstEpoch, FrameDirection.ServerToClient, pair.Unwrap(welcome.WrappedKey.Span)));

        var sealingKey = RandomNumberGenerator.GetBytes(FrameSealer.KeyBytes);
        var proof = new Proof { WrappedKey = RsaKeyPair.Wrap(welcome.PeriodKey.Span, sealingKey) };
        proof.Signature = seal.Identity.Sign(transcript.Add(proof));
        var sealer = new FrameSealer(FirstEpoch, FrameDirection.ClientToServer, sealingKey);
        await frames.SendAsync(FrameKind.Proof, proof, null, sealer, ct);

        await ReceiveAsync<Ready>(frames, FrameKind.Ready, ct);
        seal.KnownPeers.Keep(server);
        frames.Open(new Peer(server.Name, server.Key.Fingerprint, frames.Peer.Address), options.Wire);
        return new SealedChannel(frames, new KeyRenewal(frames, FrameDirection.ClientToServer, seal, server.Key, transcript));
    }

    private static async Task<Welcome> ReceiveWelcomeAsync(PipeFrameChannel frames, bool sealing, CancellationToken ct)
    {
        var welcome = await ReceiveAsync<Welcome>(frames, FrameKind.Welcome, ct);
        if (welcome.Sealed != sealing || welcome.SessionId.Length != SessionIdBytes)
            throw new ProtocolException(FaultCode.SealMismatch, "The server answers in another mode than it was asked for; someone may be in between.");
        frames.SessionId = new Guid(welcome.SessionId.Span);
        return welcome;
    }
}
