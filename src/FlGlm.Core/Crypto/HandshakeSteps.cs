using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>The steps that both sides of the handshake share.</summary>
internal static class HandshakeSteps
{
    public const int SessionIdBytes = 16;
    private const int NonceBytes = 32;

    public static ByteString NewNonce() => Random(NonceBytes);

    public static ByteString NewSessionId() => Random(SessionIdBytes);

    /// <summary>Receives the one kind of message that is allowed now.</summary>
    public static async Task<T> ReceiveAsync<T>(IFrameChannel frames, FrameKind due, CancellationToken ct) where T : IMessage, new()
    {
        using var frame = await frames.ExpectAsync(due, ct).ConfigureAwait(false);
        return frame.Parse<T>();
    }

    /// <summary>Handles one message of the first key period.</summary>
    public static async Task ContinueAsync(IFrameChannel frames, KeyRenewal keys, FrameKind due, CancellationToken ct)
    {
        using var frame = await frames.ExpectAsync(due, ct).ConfigureAwait(false);
        await keys.ContinueAsync(frame, ct).ConfigureAwait(false);
    }

    public static Transcript Begin(Hello hello) => new Transcript().Add(
        $"flglm wire {FrameHeader.Version} hello", hello.Nonce, hello.IdentityKey, ByteString.CopyFromUtf8(hello.Name));

    public static Transcript Add(this Transcript transcript, Welcome welcome) => transcript.Add(
        "welcome", welcome.Nonce, welcome.IdentityKey, ByteString.CopyFromUtf8(welcome.Name), welcome.SessionId);

    /// <summary>Checks the lengths of nonce and session id: a peer must not choose a short one.</summary>
    public static void CheckLengths(ByteString nonce, ByteString? sessionId)
    {
        if (nonce.Length != NonceBytes || sessionId is { Length: not SessionIdBytes })
            throw new ProtocolException(FaultCode.Malformed, "A nonce or session id of the wrong length in the handshake.");
    }

    public static void Verify(PublicIdentity peer, Transcript transcript, ByteString signature)
    {
        if (!peer.Verify(transcript.Hash(), signature.Span))
            throw new SealException($"The peer shows the identity key {peer.Fingerprint} but cannot sign with it: the peer does not own this key.") { IsBroken = true };
    }

    private static ByteString Random(int bytes) => ByteString.CopyFrom(RandomNumberGenerator.GetBytes(bytes));
}
