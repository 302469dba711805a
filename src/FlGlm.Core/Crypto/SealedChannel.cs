using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>A channel that seals every frame with AES-256-GCM, under keys that both sides renew every key period. Made by <see cref="Handshake"/>.</summary>
internal sealed class SealedChannel : IFrameChannel
{
    private readonly PipeFrameChannel _frames;
    private readonly KeyRenewal _keys;

    internal SealedChannel(PipeFrameChannel frames, KeyRenewal keys)
    {
        _frames = frames;
        _keys = keys;
    }

    public Peer Peer => _frames.Peer;

    public bool Sealed => true;

    public long BytesSent => _frames.BytesSent;

    public long BytesReceived => _frames.BytesReceived;

    /// <summary>The key period of the frames that this side sends: 1, 2, ...</summary>
    public uint Epoch => _frames.SendingEpoch;

    public ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct) =>
        _frames.SendAsync(kind, control, payload, ct);

    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        while (true)
        {
            var frame = await _frames.ReceiveAsync(ct).ConfigureAwait(false);
            if (!frame.Kind.IsRekey())
                return frame;
            await RenewAsync(frame).ConfigureAwait(false);
        }
    }

    public Task<bool> IsAliveAsync(TimeSpan patience) => _frames.IsAliveAsync(patience);

    public ValueTask<bool> RekeyAsync(CancellationToken ct) => _keys.OfferAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync().ConfigureAwait(false);
        _keys.Dispose();
    }

    private async ValueTask RenewAsync(Frame frame)
    {
        try
        {
            using (frame)
                await _keys.ContinueAsync(frame, CancellationToken.None).ConfigureAwait(false);
        }
        catch (FlGlmException e)
        {
            throw await _frames.FailAsync(e).ConfigureAwait(false);
        }
    }
}
