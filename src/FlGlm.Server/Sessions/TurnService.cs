using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Server.Sessions;

/// <summary>Serves one client's passes: receives h0, sends hN-2, receives dL/dhN-2, sends dL/dh0.</summary>
internal sealed class TurnService(IFrameChannel channel, SessionReceiver receiver, SessionDependencies server, Participant client)
{
    private const int FewestOpenPasses = 4;

    /// <summary>A client that keeps more passes open than this is refused: each holds the graph of its rows.</summary>
    private readonly int _maxOpenPasses = Math.Max(FewestOpenPasses, server.Plan.Training.MicroBatches);

    private readonly Dictionary<long, OpenPass> _open = [];
    private readonly HiddenSpec _hidden = server.Hidden;
    private readonly PassRules _rules = new(server.Plan, server.Stage.Blueprint.Family);
    private int _steps;

    /// <summary>The first pass whose gradient the step in the making has; null = it has none yet.</summary>
    private OpenPass? _added;
    private int _tokens;
    private long _bytesIn = channel.BytesReceived;
    private long _bytesOut = channel.BytesSent;

    /// <summary>Handles frames until the client ends its turn.</summary>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public async Task RunAsync(RoundTurn turn, SessionStops stops)
    {
        _rules.BeginTurn(turn.Steps);
        while (true)
        {
            receiver.State = _open.Count == 0 ? SessionState.Forward : SessionState.Backward;
            var isBetweenSteps = _open.Count == 0 && _added is null;
            using var frame = await receiver.ReceiveAsync(isBetweenSteps ? stops.Stopping : stops.Limit).ConfigureAwait(false);
            switch (frame.Kind)
            {
                case FrameKind.Forward:
                    await ForwardAsync(frame, stops.Limit).ConfigureAwait(false);
                    break;
                case FrameKind.Backward:
                    await BackwardAsync(frame, turn, stops.Limit).ConfigureAwait(false);
                    break;
                case FrameKind.Drop:
                    await DropAsync(frame.Parse<Drop>()).ConfigureAwait(false);
                    break;
                case FrameKind.RoundEnd:
                    CheckEnd(frame.Parse<RoundEnd>(), turn);
                    return;
                default:
                    throw receiver.Unexpected(frame);
            }
        }
    }

    private async Task ForwardAsync(Frame frame, CancellationToken ct)
    {
        var request = frame.Parse<Pass>();
        if (_open.Count == _maxOpenPasses)
            throw new ProtocolException(FaultCode.WrongStep, $"{_maxOpenPasses} passes wait for their gradient already; a client must send those first.");
        var (layout, seconds) = (_rules.Check(request), new StepTimings());
        var mode = request.Evaluate ? PassMode.Evaluate : PassMode.Train;
        var (ticket, output) = await PassAsync(waiting => server.Scheduler.ForwardAsync(client, Leg(frame, layout), mode, seconds, waiting), ct).ConfigureAwait(false);
        using (output)
        {
            if (ticket is { } open)
                _open.Add(request.Step, new OpenPass(open, layout, seconds));
            await ReplyAsync(FrameKind.ForwardReply, request.Step, seconds[StepLeg.Queue], seconds[StepLeg.Middle], output, ct).ConfigureAwait(false);
        }
    }

    private async Task BackwardAsync(Frame frame, RoundTurn turn, CancellationToken ct)
    {
        var request = frame.Parse<PassGradient>();
        var open = Take(request.Step);
        if (!request.Accumulate && _open.Count > 0)
            throw new ProtocolException(FaultCode.WrongStep, $"The last gradient of a step came while {_open.Count} passes of it wait for theirs.");
        var (terms, seconds) = (_rules.Check(request), open.Seconds);
        using (var back = await PassAsync(waiting => server.Scheduler.BackwardAsync(client, open.Ticket, Leg(frame, open.Layout), terms, seconds, waiting), ct).ConfigureAwait(false))
            await ReplyAsync(FrameKind.BackwardReply, request.Step, seconds[StepLeg.QueueGradient], seconds[StepLeg.MiddleBackward], back, ct).ConfigureAwait(false);
        _tokens += open.Layout.Tokens;
        if (_added is null)
            _added = open;
        else
            _added.Seconds.AddMiddle(seconds);
        if (!terms.Accumulate)
            EndStep(turn, _added.Seconds);
    }

    /// <summary>Gives up a pass; with the last open one, or when asked to, the gradients that its step has added up too.</summary>
    private async Task DropAsync(Drop drop)
    {
        List<OpenPass> dropped = drop.WholeStep ? [.. _open.Values] : [Take(drop.Step)];
        if (drop.WholeStep)
            _open.Clear();
        if (dropped.Count == 0 && _added is not null)
            dropped.Add(_added); // its step has no open pass, so that it ends here
        foreach (var pass in dropped)
            await server.Scheduler.DropAsync(client, pass.Ticket).ConfigureAwait(false);
        if (_open.Count > 0)
            return;
        (_added, _tokens) = (null, 0);
        _rules.DropStep();
    }

    /// <summary>Where a pass may wait for other clients: tells this one so at intervals, and notices when it goes.</summary>
    private async Task<T> PassAsync<T>(Func<CancellationToken, Task<T>> pass, CancellationToken ct)
    {
        if (!server.Scheduler.PassesWait)
            return await pass(ct).ConfigureAwait(false);
        var notices = new WaitNotices(channel, server, client, ct);
        await using var noticesScope = notices.ConfigureAwait(false);
        return await receiver.WaitWhileConnectedAsync(pass, ct).ConfigureAwait(false);
    }

    private MiddleLeg Leg(Frame frame, SequenceLayout layout) =>
        new(layout, () => HiddenFrames.Unpack(frame, layout, _hidden), output => HiddenFrames.Pack(output, layout)) { IsSent = true };

    private async Task ReplyAsync(FrameKind kind, long step, double queue, double compute, Tensor packed, CancellationToken ct)
    {
        var done = new PassDone { Step = step, QueueUs = (long)(queue * 1e6), ComputeUs = (long)(compute * 1e6) };
        await channel.SendAsync(kind, done, new TensorPayload(packed), ct).ConfigureAwait(false);
    }

    private void EndStep(RoundTurn turn, StepTimings seconds)
    {
        seconds.Lap();
        _added = null;
        _rules.EndStep();
        var (bytesIn, bytesOut) = (channel.BytesReceived, channel.BytesSent);
        server.Events.Report(new ServerEvent.StepServed(
            client.Name,
            ++_steps,
            (int)turn.TotalSteps,
            turn.Round,
            _tokens,
            server.Scheduler.Waiting,
            bytesIn - _bytesIn,
            bytesOut - _bytesOut,
            seconds));
        (_bytesIn, _bytesOut, _tokens) = (bytesIn, bytesOut, 0);
    }

    /// <exception cref="ProtocolException">No such pass is open.</exception>
    private OpenPass Take(long step) => _open.Remove(step, out var pass)
        ? pass
        : throw new ProtocolException(FaultCode.WrongStep, $"No pass {step} waits for a gradient.");

    private void CheckEnd(RoundEnd end, RoundTurn turn)
    {
        if (end.Round != turn.Round || _open.Count > 0 || _added is not null || end.Steps != _rules.Steps || end.Steps != turn.Steps)
        {
            throw new ProtocolException(
                FaultCode.WrongStep,
                $"The client ends round {end.Round} after {end.Steps} steps; the server is in round {turn.Round} and counts {_rules.Steps} of {turn.Steps}.");
        }
    }
}
