using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>A client's run with a server, from Join to Goodbye: in every round a turn, an upload and an average.</summary>
internal sealed class ClientSession : IAsyncDisposable
{
    private readonly IFrameChannel _channel;
    private readonly ServerLink _link;
    private readonly ClientStages _stages;
    private readonly RunPlan _own;
    private readonly ModelContent _content;
    private readonly RunEvents _events;
    private readonly ComputeLane _lane;
    private readonly AdapterExchange _exchange;
    private readonly RemoteMiddle _middle;

    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="stages">head and tail; the caller disposes them</param>
    /// <param name="own">the plan from this client's configuration</param>
    /// <param name="content">the tensors that this client holds, to compare them with the server's</param>
    public ClientSession(
        IFrameChannel channel, ClientStages stages, RunPlan own, ModelContent content, ComputeLane lane, ClientSettings settings, RunEvents events)
    {
        (_channel, _stages, _own, _content, _lane, _events) = (channel, stages, own, content, lane, events);
        var limit = TimeSpan.FromSeconds(settings.ReplyTimeoutS);
        _link = new ServerLink(channel, limit, events);
        _exchange = new AdapterExchange(_link, lane, stages.Parameters, MomentSpecs(stages.Blueprint, own), OpenMoments, limit);
        _middle = new RemoteMiddle(lane);
        _middle.Use(_link);
    }

    /// <summary>The middle at the server; usable during this client's turns only.</summary>
    public IMiddle Middle => _middle;

    /// <summary>The optimizer of head and tail, whose moments an average may change.</summary>
    public required StageOptimizer Optimizer { get; init; }

    /// <summary>The id of the run; empty before the server has sent its plan.</summary>
    public string RunId { get; private set; } = "";

    /// <summary>This client's steps in the whole run, as the server says with every turn; 0 before the first.</summary>
    public int TotalSteps { get; private set; }

    /// <summary>Runs until the last round is over, a stop is requested, or the server ends the session.</summary>
    /// <param name="samples">n_i, this client's weight in the average</param>
    /// <param name="train">called to take the steps of a round</param>
    /// <param name="stop">requests a stop: the session finishes the current step, in 10 s at most, and ends with a Goodbye</param>
    /// <param name="ct">cancels at once</param>
    /// <exception cref="ProtocolException">The plans or the weights differ, or one side violated the protocol.</exception>
    /// <exception cref="NetworkException">The connection is lost; head and tail have the values of the last complete step.</exception>
    public async Task<ClientRun> RunAsync(long samples, TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        var (outcome, middle) = await TakePartOrFailAsync(samples, train, stop, ct).ConfigureAwait(false);
        _events.Report(new ClientEvent.Ended(outcome, _middle.Steps, _channel.BytesSent, _channel.BytesReceived));
        return new ClientRun(outcome, _middle.Steps, middle);
    }

    /// <summary>Ends receiving.</summary>
    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private async Task<(ClientOutcome, ParameterSet?)> TakePartOrFailAsync(long samples, TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var stopping = stop.Register(() => limit.CancelAfter(SessionTimes.StopLimit));
        try
        {
            var ended = await TakePartAsync(samples, train, stop, limit.Token).ConfigureAwait(false);
            await SessionClose.SendGoodbyeAsync(_channel, _link.Inbox).ConfigureAwait(false);
            return ended;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await SessionClose.SendGoodbyeAsync(_channel, _link.Inbox).ConfigureAwait(false);
            return (ClientOutcome.Interrupted, null);
        }
        catch (FlGlmException e) when (e is GoodbyeException or NetworkException && stop.IsCancellationRequested)
        {
            return (ClientOutcome.Interrupted, null);
        }
        catch (GoodbyeException)
        {
            return (ClientOutcome.ServerLeft, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await SessionClose.SendFaultAsync(_channel, _link.Inbox, e).ConfigureAwait(false);
            throw;
        }
    }

    /// <param name="ct">cancels what a stop lets finish</param>
    private async Task<(ClientOutcome, ParameterSet?)> TakePartAsync(long samples, TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        var agreement = await AgreeAsync(samples, waiting.Token).ConfigureAwait(false);
        await using var heartbeat = new Heartbeat(_channel, agreement.PingPeriod).ConfigureAwait(false);
        var plan = agreement.Plan;
        Turn turn;
        do
        {
            turn = await WaitForTurnAsync(waiting.Token).ConfigureAwait(false);
            Check(turn, plan, samples);
            TotalSteps = (int)turn.TotalSteps;
            if (await train(turn.Round, turn.Steps, stop, ct).ConfigureAwait(false) < turn.Steps)
                return (ClientOutcome.Interrupted, null);
            await EndTurnAsync(agreement, turn.Round, turn.Steps, waiting.Token, ct).ConfigureAwait(false);
        }
        while (!turn.Last);
        return (ClientOutcome.Finished, await TakeMiddleAsync(plan, waiting.Token).ConfigureAwait(false));
    }

    private async Task<PlanAgreement> AgreeAsync(long samples, CancellationToken ct)
    {
        var agreement = await PlanAgreement.MakeAsync(_link, new Join { Samples = samples }, _own, _content, ct).ConfigureAwait(false);
        RunId = agreement.Plan.RunId;
        _middle.RekeyEvery = agreement.Plan.Crypto.RekeyEvery;
        _middle.SendTargets = agreement.Plan.SendsTargets;
        _events.Report(new ClientEvent.PlanAccepted(agreement.Plan));
        _events.Report(new ClientEvent.ContentCompared(agreement.Content));
        return agreement;
    }

    /// <summary>The steps are those of the plan; of clients that work at the same time as many as the one with the most rows needs.</summary>
    /// <exception cref="ProtocolException">They are others.</exception>
    private static void Check(Turn turn, RunPlan plan, long samples)
    {
        var fits = plan.Training.Strategy == StrategyName.Serial
            ? turn.Steps == plan.StepsPerRound(samples) && turn.TotalSteps == plan.ClientSteps(samples)
            : turn.Steps >= 1 && turn.TotalSteps >= plan.ClientSteps(samples) && turn.TotalSteps <= int.MaxValue;
        if (!fits)
            throw new ProtocolException(FaultCode.WrongStep, $"The server gives a turn of {turn.Steps} steps of {turn.TotalSteps} in all, which is not what its plan says.");
    }

    private async Task<Turn> WaitForTurnAsync(CancellationToken ct)
    {
        while (true)
        {
            using var frame = await _link.ReceiveAsync(ct).ConfigureAwait(false);
            switch (frame.Kind)
            {
                case FrameKind.Queue:
                    var queue = frame.Parse<Queue>();
                    _events.Report(new ClientEvent.Queued(queue.Position, queue.Waiting));
                    break;
                case FrameKind.Turn:
                    var turn = frame.Parse<Turn>();
                    if (turn.AdapterFollows)
                        await _exchange.DownloadAsync(isStart: true, ct).ConfigureAwait(false);
                    _events.Report(new ClientEvent.TurnStarted(turn.Round));
                    return turn;
                default:
                    throw new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where the client waits for its turn.");
            }
        }
    }

    private async Task EndTurnAsync(PlanAgreement agreement, int round, int steps, CancellationToken waiting, CancellationToken ct)
    {
        await _channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = round, Steps = steps }, null, ct).ConfigureAwait(false);
        if (!agreement.Plan.Averages)
            return;
        await _exchange.UploadAsync(agreement.MaxFrameBytes, waiting, ct).ConfigureAwait(false);
        _events.Report(new ClientEvent.TurnEnded(round));
        await _exchange.DownloadAsync(isStart: false, waiting).ConfigureAwait(false);
        if (_own.Training.AverageMoments == AverageMoments.Reset)
            await _lane.RunAsync(ResetMoments, ct).ConfigureAwait(false);
        _events.Report(new ClientEvent.Averaged(round));
    }

    private bool ResetMoments()
    {
        Optimizer.ResetMoments();
        return true;
    }

    private static IReadOnlyList<ParameterSpec> MomentSpecs(StageBlueprint blueprint, RunPlan plan) => plan.Training.AverageMoments == AverageMoments.Average
        ? [.. OptimizerMoments.OfStage(blueprint, StageName.Head, plan.Optimizer), .. OptimizerMoments.OfStage(blueprint, StageName.Tail, plan.Optimizer)]
        : [];

    private IReadOnlyList<NamedParameter> OpenMoments() => _own.Training.AverageMoments == AverageMoments.Average ? Optimizer.OpenMoments() : [];

    private async Task<ParameterSet?> TakeMiddleAsync(RunPlan plan, CancellationToken ct) => plan.ShareMiddle
        ? await _exchange.ReceiveAsync(ParameterSpec.OfStage(_stages.Blueprint, StageName.Middle), ct).ConfigureAwait(false)
        : null;
}
