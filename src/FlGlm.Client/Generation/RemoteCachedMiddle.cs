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
internal sealed class RemoteCachedMiddle(ServerLink link, ComputeLane lane, int rekeyEvery) : ICachedMiddle
{
    private readonly HiddenExchange _exchange = new(link, lane);
    private SequenceLayout? _layout;
    private long _prefills;

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async ValueTask<Tensor> PrefillAsync(Tensor hidden, SequenceLayout layout, CancellationToken ct)
    {
        if (rekeyEvery > 0 && _prefills++ % rekeyEvery == rekeyEvery - 1)
            await link.Channel.RekeyAsync(ct).ConfigureAwait(false);
        return await ExchangeAsync(FrameKind.Prefill, pass => PassMessages.Of(layout, pass), hidden, layout, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public ValueTask<Tensor> DecodeAsync(Tensor hidden, IReadOnlyList<int> rows, IReadOnlyList<int>? lengths, CancellationToken ct) => ExchangeAsync(
        FrameKind.Decode, pass => new DecodePass { Step = pass, Rows = { rows }, Lengths = { lengths ?? [] } }, hidden, _layout!.Next(rows, lengths), ct);

    private async ValueTask<Tensor> ExchangeAsync(FrameKind kind, Func<long, IMessage> control, Tensor hidden, SequenceLayout layout, CancellationToken ct)
    {
        _layout = layout;
        return (await _exchange.ForwardAsync(kind, control, hidden, layout, new StepTimings(), abandoned: null, ct).ConfigureAwait(false)).Output;
    }
}
