using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Server.Sessions;

/// <summary>
/// A client's passes, over all its connections: each request is executed once, and its reply kept until the client has it. Requests of one client
/// follow one another.
/// </summary>
/// <param name="place">where its next step is</param>
/// <param name="attempt">how often the client has gone back to a checkpoint; passes are counted from 1 in each attempt</param>
internal sealed class ClientPasses(SessionDependencies server, Participant client, TurnPlace place, int attempt)
{
    private const int FewestOpenPasses = 4;
    private static readonly Task<PassReply> NoReply = Task.FromCanceled<PassReply>(new CancellationToken(canceled: true));

    /// <summary>A client that keeps more passes open than this is refused: each holds the graph of its rows.</summary>
    private readonly int _maxOpenPasses = Math.Max(FewestOpenPasses, server.Plan.Training.MicroBatches);

    private readonly HiddenSpec _hidden = server.Hidden;
    private readonly KeptReplies _replies = new();
    private readonly Dictionary<long, OpenPass> _open = [];
    private readonly PassRules _rules = new(server.Plan, server.Stage.Blueprint.Family);
    private int _steps = ((place.Round - 1) * server.Plan.StepsPerTurn(client.Samples)) + place.Steps;
    private int _begun = place.IsEnded ? 0 : place.Steps;

    /// <summary>The first pass whose gradient the step in the making has; null = it has none yet.</summary>
    private OpenPass? _added;
    private int _tokens;

    /// <summary>Keys and values of questions that it answers between two steps; null = none.</summary>
    private CachedPasses? _cached;
    private Task _lastCached = Task.CompletedTask;

    /// <summary>The turn that has begun; null before the first, and after the client has gone back.</summary>
    public RoundTurn? Turn { get; private set; }

    public bool HasOpen => _open.Count > 0;

    public bool IsBetweenSteps => _open.Count == 0 && _added is null;

    /// <summary>A turn begins, or after the client has gone back goes on; nothing where it has begun, and only its announcement was lost.</summary>
    public void BeginTurn(RoundTurn turn)
    {
        if (Turn?.Round == turn.Round)
            return;
        _rules.BeginTurn(turn.Steps, taken: _begun);
        (Turn, _begun) = (turn, 0);
    }

    /// <summary>The reply to a request: executes it, or where it has been executed finds its reply.</summary>
    /// <param name="frame">from now on owned by the passes</param>
    /// <returns>false for a request that is void, since the client has gone back meanwhile</returns>
    /// <exception cref="ProtocolException">The request is not allowed, or so old that its reply is not kept.</exception>
    public bool Request(Frame frame, out Task<PassReply> reply)
    {
        try
        {
            return frame.Kind switch
            {
                FrameKind.Forward => Forward(frame, frame.Parse<Pass>(), out reply),
                FrameKind.Backward => Backward(frame, frame.Parse<PassGradient>(), out reply),
                FrameKind.Prefill => Prefill(frame, frame.Parse<Pass>(), out reply),
                FrameKind.Decode => Decode(frame, frame.Parse<DecodePass>(), out reply),
                _ => Keep(frame, frame.Parse<Keep>(), out reply),
            };
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    /// <summary>Gives up a pass; with the last open one, or when asked to, the gradients that its step has added up too.</summary>
    public async Task DropAsync(Drop drop)
    {
        if (!drop.WholeStep && !_open.ContainsKey(drop.Step))
        {
            if (_rules.HasSeen(drop.Step))
                return; // it came over the connection before
            throw NotOpen(drop.Step);
        }

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

    /// <summary>The client ends its turn, and so has all replies.</summary>
    /// <exception cref="ProtocolException">It does so at another place than it should.</exception>
    public void EndTurn(RoundEnd end)
    {
        var turn = Turn!;
        var mayBeShort = end.Leaves && server.Plan.Training.Strategy == StrategyName.Serial;
        if (end.Round != turn.Round || !IsBetweenSteps || end.Steps != _rules.Steps || (end.Steps != turn.Steps && !mayBeShort))
        {
            throw new ProtocolException(
                FaultCode.WrongStep,
                $"The client ends round {end.Round} after {end.Steps} steps; the server is in round {turn.Round} and counts {_rules.Steps} of {turn.Steps}.");
        }

        client.Leaves = end.Leaves;
        _replies.Confirm(long.MaxValue);
        ForgetCache();
    }

    /// <summary>Whether nothing is executed any more.</summary>
    public bool IsEnded => _replies.IsEnded;

    /// <summary>Executes nothing any more, and waits until nothing is under way.</summary>
    public async Task EndAsync()
    {
        await _replies.EndAsync().ConfigureAwait(false);
        await _lastCached.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ForgetCache();
    }

    /// <summary>The passes from a checkpoint on.</summary>
    /// <param name="attempt">another one</param>
    public ClientPasses At(TurnPlace place, int attempt) => new(server, client, place, attempt);

    private bool Forward(Frame frame, Pass request, out Task<PassReply> reply)
    {
        if (IsVoid(request.Attempt, frame))
            return None(out reply);
        _replies.Confirm(request.LastReply);
        if (IsRepeated(FrameKind.Forward, request.Step, frame, out reply))
            return true;
        if (_open.Count == _maxOpenPasses)
            throw new ProtocolException(FaultCode.WrongStep, $"{_maxOpenPasses} passes wait for their gradient already; a client must send those first.");
        var layout = _rules.Check(request);
        if (!request.Evaluate)
            ForgetCache();
        reply = _replies.Execute(FrameKind.Forward, request.Step, ct => ForwardAsync(frame, request, layout, ct));
        return true;
    }

    private bool Backward(Frame frame, PassGradient request, out Task<PassReply> reply)
    {
        if (IsVoid(request.Attempt, frame))
            return None(out reply);
        _replies.Confirm(request.LastReply);
        if (!_open.ContainsKey(request.Step) && IsRepeated(FrameKind.Backward, request.Step, frame, out reply))
            return true;
        var open = Take(request.Step);
        if (!request.Accumulate && _open.Count > 0)
            throw new ProtocolException(FaultCode.WrongStep, $"The last gradient of a step came while {_open.Count} passes of it wait for theirs.");
        var terms = _rules.Check(request);
        _replies.Forget(FrameKind.Forward, request.Step);
        reply = _replies.Execute(FrameKind.Backward, request.Step, ct => BackwardAsync(frame, request, open, terms, ct));
        return true;
    }

    private bool Prefill(Frame frame, Pass request, out Task<PassReply> reply)
    {
        if (!Begin(FrameKind.Prefill, request.Step, request.LastReply, request.Attempt, frame, out reply))
            return reply != NoReply;
        reply = Cached(FrameKind.Prefill, request.Step, frame, (_cached ??= new CachedPasses(server)).Prefill(request));
        return true;
    }

    private bool Decode(Frame frame, DecodePass request, out Task<PassReply> reply)
    {
        if (!Begin(FrameKind.Decode, request.Step, request.LastReply, request.Attempt, frame, out reply))
            return reply != NoReply;
        reply = Cached(FrameKind.Decode, request.Step, frame, (_cached ??= new CachedPasses(server)).Decode(request));
        return true;
    }

    private bool Keep(Frame frame, Keep request, out Task<PassReply> reply)
    {
        if (!Begin(FrameKind.Keep, request.Step, request.LastReply, request.Attempt, frame, out reply))
            return reply != NoReply;
        frame.Dispose();
        server.Kept.Expect(client, request.After, server.Stage.Parameters, request.Most);
        reply = _replies.Execute(FrameKind.Keep, request.Step, ct => KeepAsync(request, ct));
        return true;
    }

    /// <summary>A request between two steps.</summary>
    /// <returns>false where it is void, and has no reply, or has come before</returns>
    private bool Begin(FrameKind kind, long pass, long lastReply, int ofAttempt, Frame frame, out Task<PassReply> reply)
    {
        reply = NoReply;
        if (IsVoid(ofAttempt, frame))
            return false;
        _replies.Confirm(lastReply);
        if (IsRepeated(kind, pass, frame, out reply))
            return false;
        if (!IsBetweenSteps)
            throw new ProtocolException(FaultCode.WrongStep, $"A {kind} of pass {pass} came in the midst of a step.");
        _rules.Take(pass);
        return true;
    }

    private static bool None(out Task<PassReply> reply)
    {
        reply = NoReply;
        return false;
    }

    private async Task<PassReply> ForwardAsync(Frame frame, Pass request, SequenceLayout layout, CancellationToken ct)
    {
        using (frame)
        {
            var (seconds, begun) = (new StepTimings(), Stopwatch.GetTimestamp());
            var mode = request.Evaluate ? PassMode.Evaluate : PassMode.Train;
            var (ticket, output) = await server.Scheduler.ForwardAsync(client, Leg(frame, layout), mode, seconds, ct).ConfigureAwait(false);
            PassTrace.Add(request.TraceId, StepLeg.Queue, seconds, begun, layout.Tokens);
            if (ticket is { } open)
                _open.Add(request.Step, new OpenPass(open, layout, seconds));
            return new PassReply(FrameKind.ForwardReply, Done(request.Step, seconds[StepLeg.Queue], seconds[StepLeg.Middle]), output);
        }
    }

    private async Task<PassReply> BackwardAsync(Frame frame, PassGradient request, OpenPass open, StepTerms terms, CancellationToken ct)
    {
        using (frame)
        {
            var (seconds, begun) = (open.Seconds, Stopwatch.GetTimestamp());
            var back = await server.Scheduler.BackwardAsync(client, open.Ticket, Leg(frame, open.Layout), terms, seconds, ct).ConfigureAwait(false);
            PassTrace.Add(request.TraceId, StepLeg.QueueGradient, seconds, begun, open.Layout.Tokens);
            var done = Done(request.Step, seconds[StepLeg.QueueGradient], seconds[StepLeg.MiddleBackward]);
            _tokens += open.Layout.Tokens;
            if (_added is null)
                _added = open;
            else
                _added.Seconds.AddMiddle(seconds);
            return new PassReply(FrameKind.BackwardReply, done, back, terms.Accumulate ? null : EndStep(_added.Seconds));
        }
    }

    private Task<PassReply> Cached(FrameKind kind, long pass, Frame frame, (SequenceLayout Layout, Func<MiddleStage, Tensor, Tensor> Compute) rows)
    {
        var reply = _replies.Execute(kind, pass, ct => CachedAsync(frame, pass, rows.Layout, rows.Compute, ct));
        _lastCached = reply;
        return reply;
    }

    private async Task<PassReply> CachedAsync(Frame frame, long pass, SequenceLayout layout, Func<MiddleStage, Tensor, Tensor> compute, CancellationToken ct)
    {
        using (frame)
        {
            var seconds = new StepTimings();
            var (_, output) = await server.Scheduler.ForwardAsync(client, Leg(frame, layout) with { Evaluate = compute }, PassMode.Evaluate, seconds, ct).ConfigureAwait(false);
            return new PassReply(FrameKind.ForwardReply, Done(pass, seconds[StepLeg.Queue], seconds[StepLeg.Middle]), output);
        }
    }

    private async Task<PassReply> KeepAsync(Keep request, CancellationToken ct)
    {
        ParameterSet values = null!;
        var (_, nothing) = await server.Scheduler.ForwardAsync(
            client, MiddleLeg.Look(stage => values = ParameterSet.CopyOf(stage.Parameters)), PassMode.Evaluate, new StepTimings(), ct).ConfigureAwait(false);
        nothing.Dispose();
        await server.Kept.AddAsync(client.Seat, request.After, values).ConfigureAwait(false);
        return new PassReply(FrameKind.Kept, Done(request.Step, 0, 0), packed: null);
    }

    /// <exception cref="ProtocolException">The client has not waited for the reply to its last question.</exception>
    private void ForgetCache()
    {
        if (!_lastCached.IsCompleted)
            throw new ProtocolException(FaultCode.WrongStep, "A step came before the reply to the last question.");
        _cached?.Dispose();
        _cached = null;
    }

    private ServedStep EndStep(StepTimings seconds)
    {
        var step = new ServedStep(++_steps, _tokens, seconds);
        (_added, _tokens) = (null, 0);
        _rules.EndStep();
        return step;
    }

    private MiddleLeg Leg(Frame frame, SequenceLayout layout) =>
        new(layout, () => HiddenFrames.Unpack(frame, layout, _hidden), output => HiddenFrames.Pack(output, layout)) { IsSent = true };

    private static PassDone Done(long step, double queue, double compute) => new() { Step = step, QueueUs = (long)(queue * 1e6), ComputeUs = (long)(compute * 1e6) };

    private bool IsVoid(int own, Frame frame)
    {
        if (own == attempt)
            return false;
        if (own > attempt)
            throw new ProtocolException(FaultCode.WrongStep, $"A request of attempt {own} came in attempt {attempt}.");
        frame.Dispose();
        return true;
    }

    /// <summary>Whether a request has come before; then its reply is found.</summary>
    private bool IsRepeated(FrameKind kind, long pass, Frame frame, out Task<PassReply> reply)
    {
        reply = NoReply;
        if (!_rules.HasSeen(pass))
            return false;
        reply = _replies.Find(kind, pass);
        frame.Dispose();
        return true;
    }

    /// <exception cref="ProtocolException">No such pass is open.</exception>
    private OpenPass Take(long pass) => _open.Remove(pass, out var open) ? open : throw NotOpen(pass);

    private static ProtocolException NotOpen(long pass) => new(FaultCode.WrongStep, $"No pass {pass} waits for a gradient.");
}
