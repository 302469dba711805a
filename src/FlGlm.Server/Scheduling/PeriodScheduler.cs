using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Cluster;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// What the strategies have in common whose clients work at the same time: every <c>training.average_period</c> steps, and at the end, all wait
/// for one another and heads and tails are averaged, in the order of the seats. Late clients begin with the next period, from the average.
/// </summary>
public abstract class PeriodScheduler : ISplitScheduler
{
    private readonly PeriodTurns _turns;
    private readonly AdapterAverage _average;
    private readonly PeriodCheckpoints _kept;
    private readonly PeriodMeetings _meetings;

    /// <summary>One client after the other goes back.</summary>
    private readonly SemaphoreSlim _resuming = new(1, 1);

    private protected PeriodScheduler(RunPlan plan, MiddleWorker middle, RunEvents events)
    {
        (Plan, Middle, Events) = (plan, middle, events);
        (_turns, _average) = (new PeriodTurns(plan), new AdapterAverage(plan));
        _kept = new PeriodCheckpoints(plan, middle, _turns, _average, CountsOf);
        _meetings = new PeriodMeetings(middle.Lane);
    }

    /// <inheritdoc/>
    public int Waiting => 0;

    /// <inheritdoc/>
    public abstract bool PassesWait { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Participant> WaitedFor => [.. _turns.Working().Where(participant => !IsServed(participant))];

    /// <inheritdoc/>
    public Task<bool> Completion => _turns.Completion;

    /// <summary>Where the run is kept; null = nowhere.</summary>
    internal ServerCheckpoints? Checkpoints
    {
        get => _kept.Store;
        init => _kept.Store = value;
    }

    /// <summary>The servers of the run; null = this one alone.</summary>
    internal ServerCluster? Cluster
    {
        init
        {
            _meetings = new PeriodMeetings(Middle.Lane) { Cluster = value };
            _ = FailWithAsync(value);
        }
    }

    private protected RunPlan Plan { get; }

    /// <summary>Computes the middle; what it holds at the end is the result of the run.</summary>
    private protected MiddleWorker Middle { get; }

    private protected RunEvents Events { get; }

    /// <summary>Steps of each client in the whole run.</summary>
    private protected long TotalSteps => _turns.TotalSteps;

    /// <inheritdoc/>
    public async Task StartAsync(IReadOnlyList<Participant> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        var beginning = Checkpoints?.Beginning;
        var all = await StartTogetherAsync(participants).ConfigureAwait(false);
        _turns.TotalSteps = beginning?.TotalSteps ?? Plan.ServerSteps([.. all.Select(client => client.Samples)]);
        Middle.SetTotalSteps(TotalSteps);
        foreach (var participant in participants)
            await OnLaneAsync(() => Add(participant, isNew: false)).ConfigureAwait(false);
        await OrFailAsync(() => beginning is null ? KeepAsync(round: 1, isOver: false) : OnLaneAsync(() => Restore(beginning))).ConfigureAwait(false);
        Events.Report(new ServerEvent.Started([.. all.Select(client => client.Name)]));
        if (!Completion.IsCompleted)
            _turns.Begin(_average.Last);
        _ = GoOnWithoutClientsAsync();
    }

    /// <inheritdoc/>
    public bool IsLast(int round) => _turns.IsLast(round);

    /// <inheritdoc/>
    public bool HasLeft(Participant participant) => _turns.Of(participant).HasLeft;

    /// <inheritdoc/>
    public async Task<TurnPlace> ResumeAsync(Participant participant, IReadOnlyList<TurnPlace> places, int attempt)
    {
        await _resuming.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return await ChooseAsync(participant, places, attempt).ConfigureAwait(false);
        }
        finally
        {
            _resuming.Release();
        }
    }

    private async Task<TurnPlace> ChooseAsync(Participant participant, IReadOnlyList<TurnPlace> places, int attempt)
    {
        await (participant.Passes?.EndAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        var turn = _turns.Of(participant);
        var here = _turns.PlaceOf(participant);
        var held = here.IsEnded || turn.HasLeft || Checkpoints is null ? HeldCheckpoints.None : await Checkpoints.HoldStepsAsync(SeatOf(participant)).ConfigureAwait(false);
        await using var heldScope = held.ConfigureAwait(false);
        return await new ResumePlaces(participant, places, attempt).ChooseAsync(
            here,
            turn.HasLeft || IsClean(participant),
            turn.IsNew,
            kept: Checkpoints?.StepsOf(held) ?? [],
            back => OrFailAsync(() => GoBackAsync(participant, back, attempt))).ConfigureAwait(false);
    }

    /// <summary>A late participant begins with the next period, from the averages.</summary>
    /// <inheritdoc/>
    public Task AddAsync(Participant late) => OnLaneAsync(() => Add(late, isNew: true));

    /// <inheritdoc/>
    public Task<RoundTurn> WaitForTurnAsync(Participant participant, Action<QueuePlace> moved, CancellationToken ct) => _turns.Of(participant).Begun.WaitAsync(ct);

    /// <inheritdoc/>
    public abstract Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct);

    /// <inheritdoc/>
    public Task<Tensor> BackwardAsync(Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct)
    {
        _turns.Of(participant).Count(terms);
        return GradientAsync(participant, ticket, leg, terms, seconds, ct);
    }

    /// <inheritdoc/>
    public abstract Task DropAsync(Participant participant, PassTicket ticket);

    /// <inheritdoc/>
    public async Task<ParameterSet?> EndTurnAsync(Participant participant, int round, ParameterSet? parameters, CancellationToken ct)
    {
        if (_turns.FindEnd(participant, round, () => _average.LastOf(participant.Seat)) is { } end)
        {
            parameters?.Dispose(); // it has sent it before
            return await end.WaitAsync(ct).ConfigureAwait(false);
        }

        await EndStepsAsync(participant).WaitAsync(ct).ConfigureAwait(false);
        var over = _turns.End(participant, parameters);
        await TryEndPeriodAsync().ConfigureAwait(false);
        return await over.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(Participant participant)
    {
        var turn = _turns.Remove(participant);
        await GiveUpAsync(participant).ConfigureAwait(false);
        await OnLaneAsync(() =>
        {
            turn.Dispose();
            _average.Forget(participant.Seat);
        }).ConfigureAwait(false);
        await TryEndPeriodAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        OnLaneAsync(Free).GetAwaiter().GetResult();
        _resuming.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the scheduler holds; called on the compute lane, behind what is still computed.</summary>
    private protected virtual void Free()
    {
        _turns.Dispose();
        _average.Dispose();
    }

    /// <summary>The participant takes part from the next period on; called on the compute lane.</summary>
    private protected virtual void Join(Participant participant)
    {
    }

    /// <inheritdoc cref="ISplitScheduler.BackwardAsync"/>
    private protected abstract Task<Tensor> GradientAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct);

    /// <summary>Completes when the last step of the participant's period is taken.</summary>
    private protected abstract Task EndStepsAsync(Participant participant);

    /// <summary>The participant has left: drops what it has begun.</summary>
    private protected abstract Task GiveUpAsync(Participant participant);

    /// <summary>Whether the participant has sent what it owes, so that nobody waits for it.</summary>
    private protected virtual bool IsServed(Participant participant) => false;

    /// <summary>Takes what the clients have of the middle, where each has one, for its average; called on the compute lane.</summary>
    /// <param name="weights">of those that have ended the period</param>
    private protected virtual ReplicaAverage? CopyMiddles(IReadOnlyDictionary<Participant, double> weights) => null;

    /// <summary>Gives the average to all middles; called on the compute lane.</summary>
    private protected virtual void GiveMiddles(ReplicaAverage average)
    {
    }

    /// <summary>Whether nothing has been computed for the participant since its last step.</summary>
    private protected abstract bool IsClean(Participant participant);

    /// <summary>Whose checkpoints of steps the participant goes back to; 0 = those of all.</summary>
    private protected virtual int SeatOf(Participant participant) => 0;

    /// <summary>The participant goes back to a step of this period, and those with it that take their steps together.</summary>
    private protected abstract Task GoBackAsync(Participant participant, TurnPlace place, int attempt);

    /// <summary>The middles for the checkpoint of a period's beginning.</summary>
    private protected virtual IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Tensor>>> Middles() => [new(ServerCheckpoints.Middle, Middle.State.Tensors())];

    /// <summary>The counts of a client's replica, where it has one.</summary>
    private protected virtual OptimizerSteps CountsOf(Participant participant) => default;

    /// <summary>Sets the middles to the newest steps that the checkpoints of this period have; called on the compute lane.</summary>
    private protected abstract void RestoreMiddles(ServerState state);

    /// <summary>The turn of a participant.</summary>
    private protected ClientTurn TurnOf(Participant participant) => _turns.Of(participant);

    /// <inheritdoc cref="PeriodTurns.GoTo"/>
    private protected void GoTo(ClientTurn turn, int steps, long targets) => _turns.GoTo(turn, steps, targets);

    /// <summary>The turns of all, in the order of their seats; those of late clients have not begun.</summary>
    private protected IReadOnlyList<ClientTurn> Turns => _turns.All;

    /// <inheritdoc cref="PeriodCheckpoints.KeepStepAsync"/>
    private protected Task KeepStepAsync(int seat, int steps, TrainingState middle) => _kept.KeepStepAsync(seat, steps, middle);

    /// <inheritdoc cref="PeriodTurns.Working"/>
    private protected IReadOnlyList<Participant> Working() => _turns.Working();

    /// <summary>What changes the number of clients or all their values happens on one thread, one after the other.</summary>
    private protected Task OnLaneAsync(Action change) => Middle.Lane.RunAsync(change, CancellationToken.None);

    private void Add(Participant participant, bool isNew)
    {
        if (isNew && Plan.ClientSteps(participant.Samples) > TotalSteps)
        {
            throw new ProtocolException(
                FaultCode.PlanMismatch, $"A client with {participant.Samples} rows takes {Plan.ClientSteps(participant.Samples)} steps; this run has begun with {TotalSteps}.");
        }

        Join(participant);
        _turns.Add(participant, isNew);
    }

    /// <summary>Where other servers may take long nobody is held up here: a turn that has ended waits for the average.</summary>
    private Task TryEndPeriodAsync()
    {
        var ending = EndPeriodAsync();
        return _meetings.MayTakeLong ? Task.CompletedTask : ending;
    }

    /// <summary>Averages and begins the next period, once all whose turn it is have ended it.</summary>
    private async Task EndPeriodAsync()
    {
        if (!_turns.TryEndAll(out var ended))
            return;
        var counts = default(PeriodCounts);
        await OrFailAsync(async () =>
        {
            counts = await _meetings.EndAsync(_turns.Staying, ended.Count(_turns.Has)).ConfigureAwait(false);
            await AverageAsync(ended, counts.Ended).ConfigureAwait(false);
            _average.KeepFor([.. ended.Where(_turns.Has)]);
            await KeepAsync(_turns.Number + 1, _turns.EndsRun(counts)).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _turns.Release(ended, _average.Last, counts);
        _ = GoOnWithoutClientsAsync();
    }

    /// <summary>A server that has no clients any more meets the others whose clients go on.</summary>
    private Task GoOnWithoutClientsAsync() => _meetings.MayTakeLong ? EndPeriodAsync() : Task.CompletedTask;

    /// <summary>What changes the values of all: where it fails, the run does. A server that stops leaves them as they are.</summary>
    private async Task OrFailAsync(Func<Task> change)
    {
        try
        {
            await change().ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && _meetings.IsStopped))
        {
            _turns.Fail(e);
            throw;
        }
    }

    /// <summary>Where another server of the run fails, so does this one.</summary>
    private async Task FailWithAsync(ServerCluster? cluster)
    {
        if (cluster is not null)
            _turns.Fail(await cluster.Failed.ConfigureAwait(false));
    }

    private async Task KeepAsync(int round, bool isOver)
    {
        await _kept.KeepBeginningAsync(round, isOver, Middles).ConfigureAwait(false);
        await _meetings.KeptAsync().ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ClusterClient>> StartTogetherAsync(IReadOnlyList<Participant> own)
    {
        IReadOnlyList<ClusterClient> all = [];
        await OrFailAsync(async () => all = await _meetings.StartAsync(own).ConfigureAwait(false)).ConfigureAwait(false);
        return all;
    }

    private void Restore(ServerState state)
    {
        _kept.Restore(state);
        RestoreMiddles(state);
    }

    /// <param name="clients">that count, at all servers; 0 = this server is alone</param>
    private async Task AverageAsync(IReadOnlyList<ClientTurn> ended, int clients)
    {
        using var middles = await Middle.Lane.RunAsync(() => Collect(ended), CancellationToken.None).ConfigureAwait(false);
        clients = Math.Max(clients, _average.Contributions.Count);
        await (middles?.TakeAsync(_meetings.MeanAsync) ?? Task.CompletedTask).ConfigureAwait(false);
        var isNew = await _average.TakeAsync(_meetings.MeanAsync).ConfigureAwait(false);
        if (middles is not null)
            await OnLaneAsync(() => GiveMiddles(middles)).ConfigureAwait(false);
        if (isNew)
            Events.Report(new ServerEvent.RoundAveraged(_turns.Number, clients));
    }

    /// <summary>Takes what the clients have trained; called on the compute lane.</summary>
    private ReplicaAverage? Collect(IReadOnlyList<ClientTurn> ended)
    {
        List<ClientTurn> counted = [.. ended.Where(_turns.Has)];
        var middles = CopyMiddles(counted.ToDictionary(turn => turn.Participant, _average.WeightOf));
        foreach (var turn in counted)
            _average.Add(turn);
        return middles;
    }
}
