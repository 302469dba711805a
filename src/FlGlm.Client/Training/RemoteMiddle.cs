using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The middle at the server: sends h0, receives hN-2, sends dL/dhN-2, receives dL/dh0. One caller at a time.</summary>
public sealed class RemoteMiddle(IFrameChannel channel, ComputeLane lane) : IMiddle
{
    private readonly HiddenExchange _exchange = new(channel, lane);
    private long _passes;

    public (long Up, long Down) Traffic => (channel.BytesSent, channel.BytesReceived);

    /// <summary>The number of training steps whose gradient has been received.</summary>
    public int Steps { get; private set; }

    /// <summary>Steps after which a new key period begins; 0 = never.</summary>
    internal int RekeyEvery { get; set; }

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
    {
        var spec = new HiddenSpec(hidden.shape[2], hidden.dtype, hidden.device);
        var pass = PassMessages.Of(layout, ++_passes);
        pass.Evaluate = mode == PassMode.Evaluate;
        var trip = await _exchange.ExchangeAsync(FrameKind.Forward, pass, hidden, FrameKind.ForwardReply, pass.Step, layout, spec, ct);
        var seconds = new MiddleSeconds { Up = trip.Up, Queue = trip.Queue, Compute = trip.Compute, Down = trip.Down };
        return new RemotePass(this, pass.Step, layout, spec, trip.Hidden) { Seconds = seconds };
    }

    private sealed class RemotePass(RemoteMiddle middle, long step, SequenceLayout layout, HiddenSpec spec, Tensor output) : IMiddlePass
    {
        public Tensor Output => output;

        public required MiddleSeconds Seconds { get; set; }

        public async ValueTask<Tensor> BackwardAsync(Tensor gradient, CancellationToken ct)
        {
            var trip = await middle._exchange.ExchangeAsync(
                FrameKind.Backward, new PassGradient { Step = step }, gradient, FrameKind.BackwardReply, step, layout, spec, ct);
            Seconds = Seconds with { UpGradient = trip.Up, QueueGradient = trip.Queue, ComputeGradient = trip.Compute, DownGradient = trip.Down };
            await middle.EndStepAsync(ct);
            return trip.Hidden;
        }

        public void Dispose() => output.Dispose();
    }

    /// <summary>Requests new keys between two steps; both sides exchange them while the next steps run.</summary>
    private async ValueTask EndStepAsync(CancellationToken ct)
    {
        Steps++;
        if (RekeyEvery > 0 && Steps % RekeyEvery == 0)
            await channel.RekeyAsync(ct);
    }
}
