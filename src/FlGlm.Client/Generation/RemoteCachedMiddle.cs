using FlGlm.Client.Training;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Generation;

/// <summary>The middle of a generation at the server: per token and row, one hidden state is sent and one received.</summary>
/// <param name="rekeyEvery">Prefills after which a new key period begins; 0 = never</param>
internal sealed class RemoteCachedMiddle(IFrameChannel channel, ComputeLane lane, int rekeyEvery) : ICachedMiddle
{
    private readonly HiddenExchange _exchange = new(channel, lane);
    private SequenceLayout? _layout;
    private long _passes;
    private long _prefills;

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async ValueTask<Tensor> PrefillAsync(Tensor hidden, SequenceLayout layout, CancellationToken ct)
    {
        if (rekeyEvery > 0 && _prefills++ % rekeyEvery == rekeyEvery - 1)
            await channel.RekeyAsync(ct);
        return await ExchangeAsync(FrameKind.Prefill, PassMessages.Of(layout, ++_passes), hidden, layout, ct);
    }

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public ValueTask<Tensor> DecodeAsync(Tensor hidden, IReadOnlyList<int> rows, CancellationToken ct) =>
        ExchangeAsync(FrameKind.Decode, new DecodePass { Step = ++_passes, Rows = { rows } }, hidden, _layout!.Next(rows), ct);

    private async ValueTask<Tensor> ExchangeAsync(FrameKind kind, IMessage control, Tensor hidden, SequenceLayout layout, CancellationToken ct)
    {
        _layout = layout;
        var spec = new HiddenSpec(hidden.shape[2], hidden.dtype, hidden.device);
        return (await _exchange.ExchangeAsync(kind, control, hidden, FrameKind.ForwardReply, _passes, layout, spec, ct)).Hidden;
    }
}
