using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
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
    private readonly SerialRecovery _recovery;
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <param name="middle">computes the middle</param>
    public SerialScheduler(RunPlan plan, MiddleWorker middle, RunEvents events)
    {
        (_plan, _middle, _events) = (plan, middle, events);
        _queue = new SerialQueue(plan, middle, events);
        _steps = new TurnSteps(middle, () => _recovery!.KeepStepAsync());
        _recovery = new SerialRecovery(plan, middle, _queue, _steps);
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
    internal ServerCheckpoints? Checkpoints { init => _recovery.Store = value; }

    /// <inheritdoc/>
    public Task StartAsync(IReadOnlyList<Participant> participants) => ChangeAsync(
        () =>
        {
            foreach (var participant in participants)
                _queue.Add(participant);
            if (_recovery.HasBeginning)
                _recovery.Restore();
            _events.Report(new ServerEvent.Started([.. participants.Select(participant => participant.Name)]));
        },
        keeps: !_recovery.HasBeginning);

    /// <inheritdoc/>
    public Task AddAsync(Participant late) => ChangeAsync(() => _queue.Add(late));

    /// <inheritdoc/>
    public bool IsLast(int round) => round == _plan.Training.Rounds;

    /// <inheritdoc/>
    public bool HasLeft(Participant participant) => _queue.HasLeft(participant);

    /// <inheritdoc/>
    public Task<TurnPlace> ResumeAsync(Participant participant, IReadOnlyList<TurnPlace> places, int attempt) => _recovery.ResumeAsync(participant, places, attempt);

    /// <inheritdoc/>
    public async Task<RoundTurn> WaitForTurnAsync(Participant participant, Action<QueuePlace> moved, CancellationToken ct)
    {
        Task<RoundTurn> begun = null!;
        await ChangeAsync(() => begun = _queue.Request(participant, moved)).ConfigureAwait(false);
        return await begun.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct) =>
        _steps.ForwardAsync(leg, mode, seconds, ct);

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
            if (keeps)
                await _recovery.KeepTurnAsync().ConfigureAwait(false);
            await OnLaneAsync(_queue.Release).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    private Task OnLaneAsync(Action change) => _middle.Lane.RunAsync(change, CancellationToken.None);
}
