using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>
/// Exchanges the keys of the first key period (in the handshake) and of all later ones: the client offers, the server answers and seals with
/// its new key from the next frame on, the client confirms and does the same. Each direction changes keys at one point in its own sequence of
/// frames, so no side waits and no frame is lost.
/// </summary>
internal sealed class KeyRenewal(
    PipeFrameChannel frames, FrameDirection outward, SealOptions seal, PublicIdentity peer, Transcript transcript) : IDisposable
{
    private RsaKeyPair? _pair;
    private uint _epoch;
    private int _pending;

    private FrameDirection Inward => 1 - outward;

    /// <summary>Client: requests a new period, unless one has been requested and is not complete.</summary>
    /// <returns>whether it is requested now</returns>
    public async ValueTask<bool> OfferAsync(CancellationToken ct)
    {
        if (outward != FrameDirection.ClientToServer)
            throw new InvalidOperationException("Only the client starts a key period.");
        if (Interlocked.Exchange(ref _pending, 1) == 1)
            return false;
        try
        {
            _pair = await seal.Keys.TakeAsync(ct).ConfigureAwait(false);
        }
        catch
        {
            _pending = 0;
            throw;
        }
        var offer = new RekeyOffer { Epoch = ++_epoch, PeriodKey = ByteString.CopyFrom(_pair.PublicKey) };
        offer.Signature = seal.Identity.Sign(Add(offer));
        await frames.SendAsync(FrameKind.RekeyOffer, offer, null, CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    /// <summary>Handles a received rekeying frame.</summary>
    /// <param name="ct">cancellation ends the channel, too: a period that has begun cannot be continued later</param>
    public ValueTask ContinueAsync(Frame frame, CancellationToken ct) => (frame.Kind, outward, _pair) switch
    {
        (FrameKind.RekeyOffer, FrameDirection.ServerToClient, null) => AnswerAsync(frame.Parse<RekeyOffer>(), ct),
        (FrameKind.RekeyAnswer, FrameDirection.ClientToServer, not null) => ConfirmAsync(frame.Parse<RekeyAnswer>(), _pair, ct),
        (FrameKind.RekeyConfirm, FrameDirection.ServerToClient, not null) => Conclude(frame.Parse<RekeyConfirm>(), _pair),
        _ => throw new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where none was expected."),
    };

    public void Dispose()
    {
        _pair?.Dispose();
        transcript.Dispose();
    }

    /// <summary>Verifies the signature first: a key pair is costly and used only for an authenticated peer.</summary>
    private async ValueTask AnswerAsync(RekeyOffer offer, CancellationToken ct)
    {
        CheckEpoch(offer.Epoch, ++_epoch);
        HandshakeSteps.Verify(peer, Add(offer), offer.Signature);
        _pair = await seal.Keys.TakeAsync(ct).ConfigureAwait(false);
        var key = RandomNumberGenerator.GetBytes(FrameSealer.KeyBytes);
        var answer = new RekeyAnswer
        {
            Epoch = _epoch,
            PeriodKey = ByteString.CopyFrom(_pair.PublicKey),
            WrappedKey = RsaKeyPair.Wrap(offer.PeriodKey.Span, key),
        };
        answer.Signature = seal.Identity.Sign(Add(answer));
        await frames.SendAsync(FrameKind.RekeyAnswer, answer, null, new FrameSealer(_epoch, outward, key), ct).ConfigureAwait(false);
    }

    private async ValueTask ConfirmAsync(RekeyAnswer answer, RsaKeyPair pair, CancellationToken ct)
    {
        CheckEpoch(answer.Epoch, _epoch);
        HandshakeSteps.Verify(peer, Add(answer), answer.Signature);
        frames.UseOpener(new FrameSealer(_epoch, Inward, pair.Unwrap(answer.WrappedKey.Span)));
        var key = RandomNumberGenerator.GetBytes(FrameSealer.KeyBytes);
        var confirm = new RekeyConfirm { Epoch = _epoch, WrappedKey = RsaKeyPair.Wrap(answer.PeriodKey.Span, key) };
        confirm.Signature = seal.Identity.Sign(Add(confirm));
        DisposePair(pair);
        await frames.SendAsync(FrameKind.RekeyConfirm, confirm, null, new FrameSealer(_epoch, outward, key), ct).ConfigureAwait(false);
        Volatile.Write(ref _pending, 0);
    }

    private ValueTask Conclude(RekeyConfirm confirm, RsaKeyPair pair)
    {
        CheckEpoch(confirm.Epoch, _epoch);
        HandshakeSteps.Verify(peer, Add(confirm), confirm.Signature);
        frames.UseOpener(new FrameSealer(_epoch, Inward, pair.Unwrap(confirm.WrappedKey.Span)));
        DisposePair(pair);
        return ValueTask.CompletedTask;
    }

    private void DisposePair(RsaKeyPair pair)
    {
        pair.Dispose();
        _pair = null;
    }

    private Transcript Add(RekeyOffer offer) => transcript.Add("rekey offer", Number(offer.Epoch), offer.PeriodKey);

    private Transcript Add(RekeyAnswer answer) =>
        transcript.Add("rekey answer", Number(answer.Epoch), answer.PeriodKey, answer.WrappedKey);

    private Transcript Add(RekeyConfirm confirm) => transcript.Add("rekey confirm", Number(confirm.Epoch), confirm.WrappedKey);

    private static ByteString Number(uint epoch) => ByteString.CopyFrom(BitConverter.GetBytes(epoch));

    private static void CheckEpoch(uint found, uint due)
    {
        if (found != due)
            throw new ProtocolException(FaultCode.OutOfOrder, $"Key period {found} where {due} was expected.");
    }
}
