using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Server.Sessions;

/// <summary>Serves one client's passes: receives h0, sends hN-2, receives dL/dhN-2, sends dL/dh0.</summary>
internal sealed class TurnService(IFrameChannel channel, SessionReceiver receiver, SessionDependencies server, JoinedClient client) : IDisposable
{
    private readonly OpenPasses _openPasses = new();
    private readonly HiddenSpec _hidden = server.Hidden;
    private readonly PassRules _rules = new(server.Plan, server.Stage.Blueprint.Family, server.Plan.StepsPerRound(client.Samples));
    private int _steps;
    private long _bytesIn = channel.BytesReceived;
    private long _bytesOut = channel.BytesSent;

    /// <summary>Handles frames until the client ends its turn.</summary>
    /// <param name="round">counted from 1</param>
    /// <exception cref="OperationCanceledException">The server stops; no step is incomplete.</exception>
    public async Task RunAsync(int round, CancellationToken ct)
    {
        _rules.BeginTurn();
        while (true)
        {
            using var frame = _openPasses.IsEmpty ? await receiver.ReceiveUnlessAsync(server.Stopping, ct) : await receiver.ReceiveAsync(ct);
            switch (frame.Kind)
            {
                case FrameKind.Forward:
                    await ForwardAsync(frame, ct);
                    break;
                case FrameKind.Backward:
                    await BackwardAsync(frame, round, ct);
                    break;
                case FrameKind.RoundEnd:
                    CheckEnd(frame.Parse<RoundEnd>(), round);
                    return;
                default:
                    throw receiver.Unexpected(frame);
            }
        }
    }

    public void Dispose() => _openPasses.Dispose();

    private async Task ForwardAsync(Frame frame, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var request = frame.Parse<Pass>();
        _openPasses.ExpectRoom();
        var layout = _rules.Check(request);
        using var hidden = await HiddenFrames.UnpackAsync(frame, layout, _hidden, server.Lane, ct);
        var mode = request.Evaluate ? PassMode.Evaluate : PassMode.Train;
        var open = new OpenPass(layout, await server.Scheduler.ForwardAsync(client, hidden, layout, mode, ct), begun);
        if (mode == PassMode.Train)
            _openPasses.Add(request.Step, open);
        using var done = mode == PassMode.Evaluate ? open : null;
        await ReplyAsync(FrameKind.ForwardReply, Done(request.Step, open.Queue, open.Compute), open.Pass.Output, layout, ct);
    }

    private async Task BackwardAsync(Frame frame, int round, CancellationToken ct)
    {
        var step = frame.Parse<PassGradient>().Step;
        using var open = _openPasses.Take(step);
        using var gradient = await HiddenFrames.UnpackAsync(frame, open.Layout, _hidden, server.Lane, ct);
        var backward = await server.Scheduler.BackwardAsync(client, open.Pass, gradient, ct);
        using var back = backward.Value;
        await ReplyAsync(FrameKind.BackwardReply, Done(step, backward.Queue, backward.Compute), back, open.Layout, ct);
        Report(open, backward, round);
    }

    private async Task ReplyAsync(FrameKind kind, PassDone done, Tensor hidden, SequenceLayout layout, CancellationToken ct)
    {
        using var packed = await HiddenFrames.PackAsync(hidden, layout, server.Lane, ct);
        await channel.SendAsync(kind, done, new TensorPayload(packed), ct);
    }

    private void Report(OpenPass open, Timed<Tensor> backward, int round)
    {
        var (bytesIn, bytesOut) = (channel.BytesReceived, channel.BytesSent);
        server.Observer.StepServed(new ServedStep
        {
            Client = client.Name,
            Step = ++_steps,
            Steps = (int)server.Plan.ClientSteps(client.Samples),
            Round = round,
            Tokens = open.Layout.Tokens,
            Waiting = server.Scheduler.Waiting,
            BytesIn = bytesIn - _bytesIn,
            BytesOut = bytesOut - _bytesOut,
            QueueSeconds = (open.Queue + backward.Queue).TotalSeconds,
            MiddleSeconds = open.Compute.TotalSeconds,
            MiddleBackwardSeconds = backward.Compute.TotalSeconds,
            TotalSeconds = open.Age.TotalSeconds,
        });
        (_bytesIn, _bytesOut) = (bytesIn, bytesOut);
    }

    private void CheckEnd(RoundEnd end, int round)
    {
        if (end.Round != round || !_openPasses.IsEmpty || end.Steps != _steps - ((round - 1) * server.Plan.StepsPerRound(client.Samples)))
        {
            throw new ProtocolException(
                FaultCode.WrongStep, $"The client ends round {end.Round} after {end.Steps} steps; the server is in round {round} and counts another number.");
        }
    }

    private static PassDone Done(long step, TimeSpan queue, TimeSpan compute) =>
        new() { Step = step, QueueUs = (long)queue.TotalMicroseconds, ComputeUs = (long)compute.TotalMicroseconds };
}
