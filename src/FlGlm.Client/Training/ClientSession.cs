using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>A client's run with a server, from Join to Goodbye: in every round a turn, an upload and an average.</summary>
public sealed class ClientSession
{
    private readonly IFrameChannel _channel;
    private readonly ClientStages _stages;
    private readonly RunPlan _own;
    private readonly ModelContent _content;
    private readonly IClientObserver _observer;
    private readonly AdapterExchange _exchange;
    private readonly RemoteMiddle _middle;

    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="stages">head and tail; the caller disposes them</param>
    /// <param name="own">the plan from this client's configuration</param>
    /// <param name="content">the tensors that this client holds, to compare them with the server's</param>
    public ClientSession(IFrameChannel channel, ClientStages stages, RunPlan own, ModelContent content, ComputeLane lane, IClientObserver observer)
    {
        (_channel, _stages, _own, _content, _observer) = (channel, stages, own, content, observer);
        _exchange = new AdapterExchange(channel, lane, stages.Parameters);
        _middle = new RemoteMiddle(channel, lane);
    }

    /// <summary>The middle at the server; usable during this client's turns only.</summary>
    public IMiddle Middle => _middle;

    /// <summary>Runs until the last round is over, a stop is requested, or the server ends the session.</summary>
    /// <param name="samples">n_i, this client's weight in the average</param>
    /// <param name="train">called to take the steps of a round</param>
    /// <param name="stop">requests a stop: the session finishes the current step and ends with a Goodbye</param>
    /// <param name="ct">cancels at once</param>
    /// <exception cref="ProtocolException">The plans or the weights differ, or one side violated the protocol.</exception>
    /// <exception cref="NetworkException">The connection is lost; head and tail have the values of the last complete step.</exception>
    public async Task<ClientRun> RunAsync(long samples, TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        try
        {
            var (outcome, middle) = await TakePartAsync(samples, train, stop, ct);
            await SessionClose.SendGoodbyeAsync(_channel);
            return new ClientRun(outcome, _middle.Steps, middle);
        }
        catch (FlGlmException e) when (e is GoodbyeException or NetworkException && stop.IsCancellationRequested)
        {
            return new ClientRun(ClientOutcome.Interrupted, _middle.Steps, null);
        }
        catch (GoodbyeException)
        {
            return new ClientRun(ClientOutcome.ServerLeft, _middle.Steps, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await SessionClose.SendFaultAsync(_channel, e);
            throw;
        }
    }

    private async Task<(ClientOutcome, ParameterSet?)> TakePartAsync(long samples, TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        try
        {
            var agreement = await AgreeAsync(samples, waiting.Token);
            await using var heartbeat = new Heartbeat(_channel, agreement.PingPeriod);
            var plan = agreement.Plan;
            var steps = plan.StepsPerRound(samples);
            for (var round = 1; round <= plan.Training.Rounds; round++)
            {
                await WaitForTurnAsync(waiting.Token);
                if (await train(round, steps, stop, ct) < steps)
                    return (ClientOutcome.Interrupted, null);
                await EndTurnAsync(plan, agreement.MaxFrameBytes, round, steps, waiting.Token, ct);
            }

            return (ClientOutcome.Finished, await TakeMiddleAsync(plan, ct));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return (ClientOutcome.Interrupted, null);
        }
    }

    private async Task<PlanAgreement> AgreeAsync(long samples, CancellationToken ct)
    {
        var agreement = await PlanAgreement.MakeAsync(_channel, new Join { Samples = samples }, _own, _content, ct);
        _middle.RekeyEvery = agreement.Plan.Crypto.RekeyEvery;
        _observer.PlanAccepted(agreement.Plan);
        _observer.ContentCompared(agreement.Content);
        return agreement;
    }

    private async Task WaitForTurnAsync(CancellationToken ct)
    {
        while (true)
        {
            using var frame = await _channel.ReceiveAsync(ct);
            switch (frame.Kind)
            {
                case FrameKind.Queue:
                    var queue = frame.Parse<Queue>();
                    _observer.Queued(queue.Position, queue.Waiting);
                    break;
                case FrameKind.Turn:
                    var turn = frame.Parse<Turn>();
                    if (turn.AdapterFollows)
                        await _exchange.DownloadAsync(ct);
                    _observer.TurnStarted(turn.Round);
                    return;
                case FrameKind.Goodbye:
                    throw new GoodbyeException(_channel.Peer);
                default:
                    throw new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where the client waits for its turn.");
            }
        }
    }

    private async Task EndTurnAsync(RunPlan plan, long maxFrameBytes, int round, int steps, CancellationToken waiting, CancellationToken ct)
    {
        await _channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = round, Steps = steps }, null, ct);
        if (!plan.Averages)
            return;
        await _exchange.UploadAsync(maxFrameBytes, ct);
        _observer.TurnEnded(round);
        await _exchange.DownloadAsync(waiting);
        _observer.Averaged(round);
    }

    private async Task<ParameterSet?> TakeMiddleAsync(RunPlan plan, CancellationToken ct) => plan.ShareMiddle
        ? await _exchange.ReceiveAsync(ParameterSpec.OfStage(_stages.Blueprint, StageName.Middle), ct)
        : null;
}
