using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using FlGlm.Server.Sessions;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The serial strategy: clients take turns in the order of their seats; each turn continues with the middle's weights of the turn before, and
/// the clients' weights are averaged at the end of every round.
/// </summary>
public sealed class SerialScheduler : ISplitScheduler
{
    private readonly RunPlan _plan;
    private readonly MiddleWorker _middle;
    private readonly RunEvents _events;
    private readonly SerialQueue _queue;
    private readonly TurnSteps _steps;
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <param name="middle">computes the middle</param>
    public SerialScheduler(RunPlan plan, MiddleWorker middle, RunEvents events)
    {
        (_plan, _middle, _events) = (plan, middle, events);
        _queue = new SerialQueue(plan, middle, events);
        _steps = new TurnSteps(middle, KeepStepAsync);
    }

    /// <summary>Chooses among the clients that have not had their turn in this round, which come in the order of their seats: by default the first.</summary>
    public Func<IReadOnlyList<Participant>, Participant> Next { get; init; } = left => left[0];

    /// <inheritdoc/>
    public int Waiting => _queue.Waiting;

    /// <inheritdoc/>
    public bool PassesWait => false;

    /// <inheritdoc/>
    public IReadOnlyList<Participant> WaitedFor => _queue.Current is { } turn ? [turn.Participant] : [];

    /// <inheritdoc/>
    public Task<bool> Completion => _queue.Completion;

    /// <summary>Where the run is kept; null = nowhere.</summary>
    internal ServerCheckpoints? Checkpoints { get; init; }

    /// <inheritdoc/>
    public Task StartAsync(IReadOnlyList<Participant> participants) => ChangeAsync(
        () =>
        {
            foreach (var participant in participants)
                _queue.Add(participant);
            if (Checkpoints?.Beginning is { } state)
                Restore(state);
            _events.Report(new ServerEvent.Started([.. participants.Select(participant => participant.Name)]));
        },
        keeps: Checkpoints?.Beginning is null);

    /// <inheritdoc/>
    public Task AddAsync(Participant late) => ChangeAsync(() => _queue.Add(late));

    /// <inheritdoc/>
    public bool IsLast(int round) => round == _plan.Training.Rounds;

    /// <inheritdoc/>
    public async Task<TurnPlace> ResumeAsync(Participant participant, IReadOnlyList<TurnPlace> places, int attempt)
    {
        await (participant.Passes?.EndAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        var place = await _middle.Lane.RunAsync(() => _queue.PlaceOf(participant), CancellationToken.None).ConfigureAwait(false);
        var isItsTurn = _queue.Current?.Participant == participant || (place.Steps > 0 && !place.IsEnded);
        return await new ResumePlaces(participant, places, attempt).ChooseAsync(
            place,
            isClean: !isItsTurn || _steps.IsClean,
            _plan.StepsPerRound(participant.Samples),
            kept: isItsTurn ? Checkpoints?.StepsOf(participant.Seat) ?? [] : [],
            back => GoBackAsync(participant, back, attempt)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<RoundTurn> WaitForTurnAsync(Participant participant, Action<QueuePlace> moved, CancellationToken ct)
    {
        Task<RoundTurn> begun = null!;
        await ChangeAsync(() => begun = _queue.Request(participant, moved)).ConfigureAwait(false);
        return await begun.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct) => _steps.ForwardAsync(leg, mode, seconds, ct);

    /// <inheritdoc/>
    public Task<Tensor> BackwardAsync(Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct)
    {
        _queue.Current?.Count(terms);
        return _steps.BackwardAsync(ticket, leg, terms.Accumulate, seconds, ct);
    }

    /// <inheritdoc/>
    public Task DropAsync(Participant participant, PassTicket ticket) => _steps.DropAsync(ticket);

    /// <inheritdoc/>
    public async Task<ParameterSet?> EndTurnAsync(Participant participant, int round, ParameterSet? parameters, CancellationToken ct)
    {
        var over = await _middle.Lane.RunAsync(() => _queue.FindEnd(participant, round), ct).ConfigureAwait(false);
        if (over is null)
        {
            await _steps.EndAsync().ConfigureAwait(false);
            await ChangeAsync(() => over = _queue.Finish(participant, parameters), keeps: true).ConfigureAwait(false);
        }
        else
        {
            parameters?.Dispose();
        }

        return await over!.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(Participant participant)
    {
        if (_queue.Current?.Participant == participant)
            await _steps.AbandonAsync().ConfigureAwait(false);
        await ChangeAsync(() => _queue.Remove(participant), keeps: true).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _changing.Dispose();
    }

    /// <summary>Changes the queue on the lane, keeps it where a checkpoint is due, and only then lets those go on that wait for the change.</summary>
    /// <param name="keeps">whether the beginning of a turn is to be kept: not in the midst of one, and not when clients leave a run that is over</param>
    private async Task ChangeAsync(Action change, bool keeps = false)
    {
        await _changing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await OnLaneAsync(() =>
            {
                change();
                _queue.Advance(Next);
            }).ConfigureAwait(false);
            if (keeps && Checkpoints is not null && _queue.Current is not { Steps: > 0 } && !Completion.IsCompleted)
                await KeepAsync(Checkpoints).ConfigureAwait(false);
            await OnLaneAsync(_queue.Release).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task KeepAsync(ServerCheckpoints checkpoints)
    {
        try
        {
            var state = _queue.State with { Step = _middle.State.Steps.Taken, Optimizer = _middle.State.Steps };
            await checkpoints.BeginTurnAsync(
                state, () => new Dictionary<string, IReadOnlyDictionary<string, Tensor>>(_queue.Adapters.Files()) { [ServerCheckpoints.Middle] = _middle.State.Tensors() }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _queue.Fail(e);
            throw;
        }
    }

    private async Task KeepStepAsync()
    {
        if (Checkpoints is null || _queue.Current is not { } turn || turn.Steps >= _plan.StepsPerRound(turn.Participant.Samples))
            return;
        if (!Checkpoints.IsDue(((_queue.Round - 1) * _plan.StepsPerRound(turn.Participant.Samples)) + turn.Steps))
            return;
        await _steps.LastAsync().ConfigureAwait(false);
        var seats = await _middle.Lane.RunAsync(() => _queue.State.Seats, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await Checkpoints.KeepStepAsync(turn.Participant.Seat, turn.Steps, seats, _middle.State, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _queue.Fail(e);
            throw;
        }
    }

    private async Task GoBackAsync(Participant participant, TurnPlace back, int attempt)
    {
        await _steps.AbandonAsync().ConfigureAwait(false);
        await _middle.Lane.RunAsync(() => Restore(participant, back.Steps), CancellationToken.None).ConfigureAwait(false);
        await Checkpoints!.RemoveAfterAsync(participant.Seat, back.Steps).ConfigureAwait(false);
        participant.GoBack(back, attempt);
    }

    private void Restore(ServerState state)
    {
        _queue.Restore(state);
        _queue.Adapters.Restore(Checkpoints!, state.Seats, SplitSession.ClientSpecs(_middle.Stage.Blueprint, _plan));
        var (seat, steps) = state.Seats.Select(each => (each.Seat, Steps: Checkpoints!.StepsOf(each.Seat)[0])).MaxBy(each => each.Steps);
        if (steps > 0)
            Restore(_queue.Find(seat), steps); // its turn goes on
        else
            Checkpoints!.Restore(seat, steps, ServerCheckpoints.Middle, state.Optimizer, _middle.State);
    }

    private bool Restore(Participant participant, int steps)
    {
        var state = Checkpoints!.StateOf(participant.Seat, steps);
        Checkpoints.Restore(participant.Seat, steps, ServerCheckpoints.Middle, state.Optimizer, _middle.State);
        _queue.GoTo(participant, steps, state.Seats.Single(seat => seat.Seat == participant.Seat).Targets);
        _steps.GoBack();
        return true;
    }

    private Task OnLaneAsync(Action change) => _middle.Lane.RunAsync(
        () =>
        {
            change();
            return true;
        },
        CancellationToken.None);
}
