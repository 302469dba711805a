using FlGlm.Core.Checkpoints;
using FlGlm.Core.Wire;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Server.Tap;

/// <summary>A channel whose frames a tap sees. What the channel handles itself (key periods, Ping and Pong) carries nothing of the data.</summary>
internal sealed class TappedChannel(IFrameChannel inner, GuardedTap tap) : IFrameChannel
{
    private readonly int _session = tap.NextSession();

    public Peer Peer => inner.Peer;

    public bool Sealed => inner.Sealed;

    public long BytesSent => inner.BytesSent;

    public long BytesReceived => inner.BytesReceived;

    public ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct)
    {
        tap.See(() => Make(kind, (ControlMessages.ToJson(control), control.CalculateSize()), payload?.Spec ?? default, fromClient: false) with { Copy = payload is null ? null : () => Copied(payload.Spec, payload.Slice(0, (int)payload.Spec.ByteLength)) });
        return inner.SendAsync(kind, control, payload, ct);
    }

    public async ValueTask<Frame> ReceiveAsync(CancellationToken ct)
    {
        var frame = await inner.ReceiveAsync(ct).ConfigureAwait(false);
        tap.See(() => Make(frame.Kind, ControlMessages.Read(frame), frame.Spec, fromClient: true) with { Copy = frame.Spec.Element is null ? null : () => Copied(frame.Spec, frame.Payload) });
        return frame;
    }

    public Task<bool> IsAliveAsync(TimeSpan patience) => inner.IsAliveAsync(patience);

    public ValueTask<bool> RekeyAsync(CancellationToken ct) => inner.RekeyAsync(ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private TappedFrame Make(FrameKind kind, (string Facts, int Bytes) control, PayloadSpec spec, bool fromClient)
    {
        var tensor = spec.Element is { } element ? TensorInfo.Of(kind.ToString(), element, spec.Dims()) : null;
        return new TappedFrame(
            _session, inner.Peer.Name, fromClient, kind.ToString(), control.Facts, control.Bytes + (tensor?.ByteLength ?? 0), DateTimeOffset.UtcNow, tensor);
    }

    private static Tensor Copied(PayloadSpec spec, ReadOnlySpan<byte> bytes)
    {
        var copy = empty(spec.Dims(), dtype: spec.Element!.Value.ToScalarType()).DetachFromDisposeScope();
        bytes.CopyTo(copy.bytes);
        return copy;
    }
}
