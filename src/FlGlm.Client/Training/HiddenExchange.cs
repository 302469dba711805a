using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>Sends one hidden state, or gradient, to the server and receives its reply. One caller at a time.</summary>
internal sealed class HiddenExchange(IFrameChannel channel, ComputeLane lane)
{
    /// <param name="hidden">[B, T, H]</param>
    /// <param name="step">the step number that the reply must have</param>
    /// <param name="spec">the specification that the reply's tensor must have</param>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async Task<RoundTrip> ExchangeAsync(
        FrameKind kind, IMessage control, Tensor hidden, FrameKind replyKind, long step, SequenceLayout layout, HiddenSpec spec, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        using (var packed = await HiddenFrames.PackAsync(hidden, layout, lane, ct))
            await channel.SendAsync(kind, control, new TensorPayload(packed), ct);
        var up = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        using var reply = await channel.ExpectAsync(replyKind, ct);
        var done = reply.Parse<PassDone>();
        if (done.Step != step)
            throw new ProtocolException(FaultCode.WrongStep, $"The server answers pass {done.Step}; pass {step} was requested.");
        var unpacked = await HiddenFrames.UnpackAsync(reply, layout, spec, lane, ct);
        var (queue, compute) = (done.QueueUs / 1e6, done.ComputeUs / 1e6);
        var down = Math.Max(0, Stopwatch.GetElapsedTime(begun).TotalSeconds - up - queue - compute);
        return new RoundTrip(unpacked, up, queue, compute, down);
    }
}
