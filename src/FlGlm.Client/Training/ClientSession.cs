using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>
/// A client's run with a server, from Join to Goodbye: in every round a turn, an upload and an average. It outlives its connections: where one is
/// lost it goes on over another one, or from a checkpoint that the server has too.
/// </summary>
internal sealed class ClientSession : IAsyncDisposable
{
    /// <summary>How long the end is tried to be confirmed over other connections.</summary>
    public static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(30);

    private readonly RunEvents _events;
    private readonly ClientConnection _connection;
    private readonly ClientResults _results;
    private readonly ClientAverage _average;
    private readonly RemoteMiddle _middle;
    private ClientProgress _progress = new(checkpoints: null);

    /// <summary>The results are saved, and only the server may not know it.</summary>
    private ClientRun? _ended;
    private long _samples;

    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="stages">head and tail; the caller disposes them</param>
    /// <param name="own">the plan from this client's configuration</param>
    /// <param name="content">the tensors that this client holds, to compare them with the server's</param>
    /// <param name="connect">makes another connection, to an address; null = a lost one ends the run</param>
    public ClientSession(
        IFrameChannel channel,
        ClientStages stages,
        RunPlan own,
        ModelContent content,
        ComputeLane lane,
        ClientSettings settings,
        RunEvents events,
        Func<string, CancellationToken, Task<IFrameChannel>>? connect = null)
    {
        _events = events;
        _connection = new ClientConnection(channel, connect, own, content, settings, events);
        _results = new ClientResults(_connection, stages);
        _average = new ClientAverage(Link, lane, stages, own, TimeSpan.FromSeconds(settings.ReplyTimeoutS), events);
        _middle = new RemoteMiddle(lane) { KeysRenewed = step => events.Report(new ClientEvent.KeysRenewed(step)) };
        _middle.Use(Link);
    }

    /// <summary>The middle at the server; usable during this client's turns only.</summary>
    public RemoteMiddle Middle => _middle;

    /// <summary>The optimizer of head and tail, whose moments an average may change.</summary>
    public required StageOptimizer Optimizer { get; init; }

    /// <summary>Where the client can go back to; null = a restart of either side ends the run.</summary>
    public ClientCheckpoints? Checkpoints { init => _progress = new ClientProgress(value); }

    /// <summary>The best step so far; null = none is kept.</summary>
    public BestStep? Best { get; init; }

    /// <summary>Called when head and tail are those of a checkpoint, with the steps taken before it.</summary>
    public Action<int> WentBack { get; init; } = _ => { };

    /// <summary>Called when the run is over, before the server hears it: the results are saved.</summary>
    public Func<ClientRun, Task> Save { get; init; } = _ => Task.CompletedTask;

    /// <summary>The id of the run; empty before the server has sent its plan.</summary>
    public string RunId => _connection.RunId;

    /// <summary>This client's steps in the whole run, as the server says with every turn; 0 before the first.</summary>
    public int TotalSteps { get; private set; }

    private ServerLink Link => _connection.Link;

    /// <summary>The client has trained enough, and steps or turns are left.</summary>
    private bool Leaves => Best is { HasEnough: true } && _progress.IsEarly;

    /// <summary>Runs until the last round is over, a stop is requested, or the server ends the session.</summary>
    /// <param name="samples">n_i, this client's weight in the average</param>
    /// <param name="train">called to take the steps of a round</param>
    /// <param name="stop">requests a stop: the session finishes the current step, in 10 s at most, and ends with a Goodbye</param>
    /// <param name="ct">cancels at once</param>
    /// <exception cref="ProtocolException">The plans or the weights differ, or one side violated the protocol.</exception>
    /// <exception cref="NetworkException">The connection is lost; head and tail have the values of the last complete step.</exception>
    public async Task<ClientRun> RunAsync(long samples, TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        _samples = samples;
        var run = await TakePartOrFailAsync(train, stop, ct).ConfigureAwait(false);
        var (sent, received) = Link.Traffic;
        _events.Report(new ClientEvent.Ended(run.Outcome, run.Steps, sent, received));
        return run;
    }

    /// <summary>A step is taken, and everything of it written down: keeps it where a checkpoint is due.</summary>
    public Task StepTakenAsync(CancellationToken stop, CancellationToken ct) => _progress.StepTakenAsync(stop, ct);

    /// <summary>Ends receiving.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<ClientRun> TakePartOrFailAsync(TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var stopping = stop.Register(() => limit.CancelAfter(SessionTimes.StopLimit));
        try
        {
            var ended = await TakePartAsync(train, stop, limit.Token).ConfigureAwait(false);
            if (ended.Outcome != ClientOutcome.Finished)
                await SessionClose.SendGoodbyeAsync(Link.Channel, Link.Inbox).ConfigureAwait(false);
            return ended;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await SessionClose.SendGoodbyeAsync(Link.Channel, Link.Inbox).ConfigureAwait(false);
            return Ended(ClientOutcome.Interrupted);
        }
        catch (FlGlmException e) when (e is GoodbyeException or NetworkException && stop.IsCancellationRequested)
        {
            return Ended(ClientOutcome.Interrupted);
        }
        catch (GoodbyeException)
        {
            return Ended(ClientOutcome.ServerLeft);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await SessionClose.SendFaultAsync(Link.Channel, Link.Inbox, e).ConfigureAwait(false);
            throw;
        }
    }

    private ClientRun Ended(ClientOutcome outcome) => new(outcome, _middle.Steps, Middle: null);

    /// <summary>Follows the run; where the connection is lost or the server goes back, from there again.</summary>
    /// <param name="ct">cancels what a stop lets finish</param>
    private async Task<ClientRun> TakePartAsync(TrainRound train, CancellationToken stop, CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        var begin = BeginAsync;
        while (true)
        {
            try
            {
                await begin(waiting.Token).ConfigureAwait(false);
                return await FollowAsync(train, stop, waiting.Token, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RollbackException or FlGlmException && (e as RollbackException ?? Link.Rollback) is { } back)
            {
                begin = token => GoBackAsync(back, token);
            }
            catch (FlGlmException e)
            {
                await _connection.ExpectLostAsync(e).ConfigureAwait(false);
                if (_ended is { } ended)
                    return await ConfirmAgainAsync(ended, waiting.Token, ct).ConfigureAwait(false);
                begin = token => ReconnectAsync(isInTurn: false, token);
            }
        }
    }

    /// <summary>Joins the run, or comes back to it.</summary>
    private async Task BeginAsync(CancellationToken ct)
    {
        _progress.TakeNewest();
        _middle.Steps = _progress.Step;
        if (_progress.IsResumed)
            await ReconnectAsync(isInTurn: false, ct).ConfigureAwait(false);
        else
            await _connection.JoinAsync(_samples, ct).ConfigureAwait(false);
        Use(_connection.Agreement.Plan);
    }

    private void Use(RunPlan plan) => (_middle.RekeyEvery, _middle.SendTargets, _progress.Plan) = (plan.Crypto.RekeyEvery, plan.SendsTargets, plan);

    /// <param name="isInTurn">the client takes steps, and may have requests under way</param>
    private async Task ReconnectAsync(bool isInTurn, CancellationToken ct)
    {
        await _connection.ReconnectAsync(() => Here(isInTurn), ct).ConfigureAwait(false);
        Use(_connection.Agreement.Plan);
    }

    /// <summary>Where the client is, for a server that may have been restarted meanwhile.</summary>
    private Resume Here(bool isInTurn)
    {
        var resume = new Resume
        {
            RunId = _progress.HasBegun ? _progress.RunId : "",
            Samples = _samples,
            Live = Link.HasTakenPart,
            Place = _progress.Place.ToMessage(),
            InTurn = isInTurn,
            Attempt = _middle.Attempt,
            LastReply = Link.LastReply,
        };
        resume.Checkpoints.AddRange(_progress.Places.Select(place => place.ToMessage()));
        return resume;
    }

    /// <summary>Goes back to a checkpoint, and tells the server so.</summary>
    private async Task GoBackAsync(RollbackException back, CancellationToken ct)
    {
        Link.BeginAgain();
        if (!_progress.CanGoBackTo(back.Place))
        {
            await AskForAnotherAsync(back, ct).ConfigureAwait(false);
            return;
        }

        await _progress.GoBackAsync(back.Place, ct).ConfigureAwait(false);
        (_middle.Attempt, _middle.Steps) = (back.Attempt, _progress.Step);
        _middle.Use(Link);
        Use(_connection.Agreement.Plan);
        _events.Report(new ClientEvent.RolledBack(_progress.Step));
        WentBack(_progress.Step);
        await Link.Channel.SendAsync(FrameKind.Rollback, new Rollback { Place = back.Place.ToMessage(), Attempt = back.Attempt }, null, ct).ConfigureAwait(false);
    }

    /// <summary>A checkpoint that the server has is not kept here any more, or is not written yet: the server chooses among those that are.</summary>
    /// <exception cref="RollbackException">Its choice.</exception>
    private async Task AskForAnotherAsync(RollbackException back, CancellationToken ct)
    {
        var message = new Rollback { Place = back.Place.ToMessage(), Attempt = back.Attempt };
        message.Checkpoints.AddRange(_progress.Places.Select(place => place.ToMessage()));
        await Link.Channel.SendAsync(FrameKind.Rollback, message, null, ct).ConfigureAwait(false);
        using var other = await Link.ExpectAsync(FrameKind.Rollback, ct).ConfigureAwait(false);
    }

    /// <summary>From the place on to the end of the run.</summary>
    private async Task<ClientRun> FollowAsync(TrainRound train, CancellationToken stop, CancellationToken waiting, CancellationToken ct)
    {
        while (!_progress.IsOver)
        {
            if (!_progress.Place.IsEnded && !await TakeTurnAsync(train, stop, waiting, ct).ConfigureAwait(false))
                return Ended(ClientOutcome.Interrupted);
            await EndTurnAsync(waiting, ct).ConfigureAwait(false);
        }

        if (_ended is null)
        {
            var (middle, bestMiddle) = await _results.TakeAsync(_progress.HasLeft, Best?.State, waiting).ConfigureAwait(false);
            _ended = Ended(ClientOutcome.Finished) with { Middle = middle, BestMiddle = bestMiddle };
            await Save(_ended).ConfigureAwait(false);
            await _progress.SavedAsync(waiting, ct).ConfigureAwait(false);
        }

        await _results.ConfirmAsync(waiting).ConfigureAwait(false);
        await _progress.EndAsync(waiting, ct).ConfigureAwait(false);
        return _ended;
    }

    /// <summary>The connection was lost before the server has confirmed: tries again for a while, in case it was restarted. It may also have ended.</summary>
    private async Task<ClientRun> ConfirmAgainAsync(ClientRun ended, CancellationToken waiting, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(waiting);
        limit.CancelAfter(ConfirmLimit);
        try
        {
            await ReconnectOrGoBackAsync(limit.Token).ConfigureAwait(false);
            await _results.ConfirmAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // The results are saved; a server that is resumed waits for this client for a while.
        }

        await _progress.EndAsync(waiting, ct).ConfigureAwait(false);
        return ended;
    }

    private async Task ReconnectOrGoBackAsync(CancellationToken ct)
    {
        var begin = (CancellationToken token) => ReconnectAsync(isInTurn: false, token);
        while (true)
        {
            try
            {
                await begin(ct).ConfigureAwait(false);
                return;
            }
            catch (RollbackException back)
            {
                begin = token => GoBackAsync(back, token);
            }
        }
    }

    /// <returns>false where a stop has ended it</returns>
    private async Task<bool> TakeTurnAsync(TrainRound train, CancellationToken stop, CancellationToken waiting, CancellationToken ct)
    {
        var turn = await WaitForTurnAsync(waiting).ConfigureAwait(false);
        await _progress.BeginTurnAsync(turn, _samples, stop, ct).ConfigureAwait(false);
        TotalSteps = _progress.Turn!.TotalSteps;
        var left = turn.Steps - _progress.Place.Steps;
        var areAll = await TrainAsync(train, turn.Round, left, stop, waiting, ct).ConfigureAwait(false) == left;
        if (!areAll && !(Best is { HasEnough: true } && _connection.Agreement.Plan.Training.Strategy == StrategyName.Serial))
        {
            await _progress.StopAsync(stop, ct).ConfigureAwait(false);
            return false;
        }

        await _progress.EndStepsAsync(areAll, stop, ct).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes steps; where the connection is lost meanwhile they wait for another one.</summary>
    private async Task<int> TrainAsync(TrainRound train, int round, int steps, CancellationToken stop, CancellationToken waiting, CancellationToken ct)
    {
        var training = train(round, steps, stop, ct);
        while (await Task.WhenAny(training, Link.Inbox.Ended).ConfigureAwait(false) != training && !training.IsCompleted && Link is { IsLost: true, Rollback: null })
        {
            try
            {
                await ReconnectAsync(isInTurn: true, waiting).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Link.Abort(e);
                await ((Task)training).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }

        return await training.ConfigureAwait(false);
    }

    private async Task<Turn> WaitForTurnAsync(CancellationToken ct)
    {
        while (true)
        {
            using var frame = await Link.ReceiveAsync(ct).ConfigureAwait(false);
            switch (frame.Kind)
            {
                case FrameKind.Queue:
                    var queue = frame.Parse<Queue>();
                    _events.Report(new ClientEvent.Queued(queue.Position, queue.Waiting));
                    break;
                case FrameKind.Turn:
                    var turn = frame.Parse<Turn>();
                    if (turn.AdapterFollows)
                        await _average.TakeStartAsync(ct).ConfigureAwait(false);
                    _events.Report(new ClientEvent.TurnStarted(turn.Round));
                    return turn;
                default:
                    throw new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where the client waits for its turn.");
            }
        }
    }

    private async Task EndTurnAsync(CancellationToken waiting, CancellationToken ct)
    {
        var (place, leaves) = (_progress.Place, Leaves);
        if (leaves)
            _events.Report(new ClientEvent.EndedEarly(Best!.State!));
        await Link.Channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = place.Round, Steps = place.Steps, Leaves = leaves }, null, ct).ConfigureAwait(false);
        if (_connection.Agreement.Plan.Averages)
            await _average.TakeAsync(Optimizer, place.Round, _connection.Agreement.MaxFrameBytes, waiting, ct).ConfigureAwait(false);
        await _progress.EndTurnAsync(leaves, waiting, ct).ConfigureAwait(false);
    }
}
