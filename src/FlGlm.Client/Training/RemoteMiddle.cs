using System.Diagnostics;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The middle at the server: h0 out, hN-2 home, dL/dhN-2 out, dL/dh0 home. One caller at a time.</summary>
public sealed class RemoteMiddle(IFrameChannel channel, ComputeLane lane) : IMiddle
{
    private long _passes;

    public (long Up, long Down) Traffic => (channel.BytesSent, channel.BytesReceived);

    /// <summary>Training steps whose gradient has come home.</summary>
    public int Steps { get; private set; }

    /// <summary>Steps after which a new key period begins; 0 = never.</summary>
    internal int RekeyEvery { get; set; }

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
    {
        var form = new HiddenForm(hidden.shape[2], hidden.dtype, hidden.device);
        var pass = new Pass { Step = ++_passes, Evaluate = mode == PassMode.Evaluate };
        pass.Lengths.AddRange(layout.Lengths);
        pass.ContextLengths.AddRange(layout.Contexts?.Select(context => context.Length) ?? []);
        pass.MaskPositions.AddRange(layout.Contexts?.Select(context => context.MaskPosition) ?? []);
        var way = await GoAsync(FrameKind.Forward, pass, hidden, FrameKind.ForwardReply, pass.Step, layout, form, ct);
        var seconds = new MiddleSeconds { Up = way.Up, Queue = way.Queue, Compute = way.Compute, Down = way.Down };
        return new RemotePass(this, pass.Step, layout, form, way.Hidden) { Seconds = seconds };
    }

    private async Task<RoundTrip> GoAsync(
        FrameKind kind, Google.Protobuf.IMessage control, Tensor hidden, FrameKind replyKind, long step, SequenceLayout layout, HiddenForm form, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        using (var packed = await lane.RunAsync(() => HiddenFrames.Pack(hidden, layout), ct))
            await channel.SendAsync(kind, control, new TensorPayload(packed), ct);
        var up = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        using var reply = await channel.ExpectAsync(replyKind, ct);
        var done = reply.Parse<PassDone>();
        if (done.Step != step)
            throw new ProtocolException(FaultCode.WrongStep, $"The server answers pass {done.Step}; pass {step} was asked for.");
        var unpacked = await lane.RunAsync(() => HiddenFrames.Unpack(reply, layout, form), ct);
        var (queue, compute) = (done.QueueUs / 1e6, done.ComputeUs / 1e6);
        var down = Math.Max(0, Stopwatch.GetElapsedTime(begun).TotalSeconds - up - queue - compute);
        return new RoundTrip(unpacked, up, queue, compute, down);
    }

    /// <summary>There and back, in seconds.</summary>
    private readonly record struct RoundTrip(Tensor Hidden, double Up, double Queue, double Compute, double Down);

    private sealed class RemotePass(RemoteMiddle middle, long step, SequenceLayout layout, HiddenForm form, Tensor output) : IMiddlePass
    {
        public Tensor Output => output;

        public required MiddleSeconds Seconds { get; set; }

        public async ValueTask<Tensor> BackwardAsync(Tensor gradient, CancellationToken ct)
        {
            var way = await middle.GoAsync(
                FrameKind.Backward, new PassGradient { Step = step }, gradient, FrameKind.BackwardReply, step, layout, form, ct);
            Seconds = Seconds with { UpGradient = way.Up, QueueGradient = way.Queue, ComputeGradient = way.Compute, DownGradient = way.Down };
            await middle.EndStepAsync(ct);
            return way.Hidden;
        }

        public void Dispose() => output.Dispose();
    }

    /// <summary>The offer of new keys goes out between steps; both sides make them while the next steps run.</summary>
    private async ValueTask EndStepAsync(CancellationToken ct)
    {
        Steps++;
        if (RekeyEvery > 0 && Steps % RekeyEvery == 0)
            await channel.RekeyAsync(ct);
    }
}
