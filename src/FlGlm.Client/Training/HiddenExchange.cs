using System.Diagnostics;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>
/// Sends hidden states and gradients to the server and receives its replies. Several may be in flight: they are sent, and so computed, in the
/// order of the calls.
/// </summary>
internal sealed class HiddenExchange(ServerLink link, ComputeLane lane)
{
    /// <summary>Completes when the last call's frame is sent, or will not be.</summary>
    private Task _sent = Task.CompletedTask;
    private long _passes;

    /// <summary>Sends h0 and receives hN-2.</summary>
    /// <param name="hidden">[B, T, H]</param>
    /// <param name="control">the message of a pass with this number</param>
    /// <param name="abandoned">called with the number of a pass that is sent and whose reply nobody waits for any more</param>
    /// <returns>the pass's number, and hN-2 [B, T, H], which the caller disposes</returns>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async Task<(long Pass, Tensor Output)> ForwardAsync(
        FrameKind kind,
        Func<long, IMessage> control,
        Tensor hidden,
        SequenceLayout layout,
        StepTimings seconds,
        Func<long, Task>? abandoned,
        CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var spec = Spec(hidden);
        var pass = 0L;
        var reply = await SendAsync(hidden, layout, SendForwardAsync, ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.Up);
        try
        {
            return (pass, await ReceiveAsync(reply, layout, spec, StepLeg.Queue, seconds, begun, ct).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (abandoned is not null)
        {
            await abandoned(pass).ConfigureAwait(false);
            throw;
        }

        async Task<Task<Frame>> SendForwardAsync(Tensor packed)
        {
            pass = _passes + 1;
            var coming = await link.SendAsync(kind, control(pass), packed, FrameKind.ForwardReply, pass, ct).ConfigureAwait(false);
            _passes = pass; // a pass that was not sent takes no number
            return coming;
        }
    }

    /// <summary>Sends a request that counts as a pass and has no tensor, and waits for its reply.</summary>
    /// <param name="control">the message of a pass with this number</param>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async Task RequestAsync(FrameKind kind, Func<long, IMessage> control, FrameKind replyKind, CancellationToken ct)
    {
        var coming = await InOrderAsync(async () =>
        {
            var pass = _passes + 1;
            var reply = await link.SendAsync(kind, control(pass), packed: null, replyKind, pass, ct).ConfigureAwait(false);
            _passes = pass;
            return reply;
        }).ConfigureAwait(false);
        (await coming.ConfigureAwait(false)).Dispose();
    }

    /// <summary>Sends dL/dhN-2 and receives dL/dh0.</summary>
    /// <param name="control">names its pass</param>
    /// <param name="gradient">[B, T, H]</param>
    /// <returns>dL/dh0 [B, T, H]; the caller disposes it</returns>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async Task<Tensor> BackwardAsync(PassGradient control, Tensor gradient, SequenceLayout layout, StepTimings seconds, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        seconds.Lap();
        var reply = await SendAsync(
            gradient, layout, packed => link.SendAsync(FrameKind.Backward, control, packed, FrameKind.BackwardReply, control.Step, ct), ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.UpGradient);
        return await ReceiveAsync(reply, layout, Spec(gradient), StepLeg.QueueGradient, seconds, begun, ct).ConfigureAwait(false);
    }

    /// <summary>Packs, and sends when the frames of all calls before are sent.</summary>
    private Task<Task<Frame>> SendAsync(Tensor hidden, SequenceLayout layout, Func<Tensor, Task<Task<Frame>>> send, CancellationToken ct)
    {
        var packing = HiddenFrames.PackAsync(hidden, layout, lane, ct);
        return InOrderAsync(async () => await send(await packing.ConfigureAwait(false)).ConfigureAwait(false));
    }

    /// <summary>Sends when the frames of all calls before are sent.</summary>
    private async Task<Task<Frame>> InOrderAsync(Func<Task<Task<Frame>>> send)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Interlocked.Exchange(ref _sent, sent.Task);
        try
        {
            await before.ConfigureAwait(false);
            return await send().ConfigureAwait(false);
        }
        finally
        {
            await before.ConfigureAwait(false);
            sent.SetResult();
        }
    }

    /// <param name="queue">the leg of the wait at the server; the computation's and that of the way back follow it</param>
    /// <param name="begun">when the request was made</param>
    private async Task<Tensor> ReceiveAsync(
        Task<Frame> coming, SequenceLayout layout, HiddenSpec spec, StepLeg queue, StepTimings seconds, long begun, CancellationToken ct)
    {
        using var reply = await coming.ConfigureAwait(false);
        var done = reply.Parse<PassDone>();
        var unpacked = await HiddenFrames.UnpackAsync(reply, layout, spec, lane, ct).ConfigureAwait(false);
        (seconds[queue], seconds[queue + 1]) = (done.QueueUs / 1e6, done.ComputeUs / 1e6);
        seconds[queue + 2] = Math.Max(0, seconds.Lap() - seconds[queue] - seconds[queue + 1]);
        seconds.Laps?.Add(new StepLap(queue == StepLeg.Queue ? "wire" : "wire_gradient", begun, Stopwatch.GetTimestamp(), layout.Tokens * spec.BytesPerToken));
        return unpacked;
    }

    private static HiddenSpec Spec(Tensor hidden) => new(hidden.shape[2], hidden.dtype, hidden.device);
}
