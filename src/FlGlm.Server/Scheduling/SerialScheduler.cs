using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The serial strategy: clients take turns in the order of their seats; each turn continues with the middle's weights of the turn before, and
/// the clients' weights are averaged at the end of every round.
/// </summary>
public sealed class SerialScheduler(RunPlan plan, MiddleWorker middle, RunEvents events) : ISplitScheduler
{
    private readonly SerialQueue _queue = new(plan, middle, events);
    private readonly TurnSteps _steps = new(middle);

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

    /// <inheritdoc/>
    public Task StartAsync(IReadOnlyList<Participant> participants) => OnLaneAsync(() =>
    {
        foreach (var participant in participants)
            _queue.Add(participant);
        events.Report(new ServerEvent.Started([.. participants.Select(participant => participant.Name)]));
    });

    /// <inheritdoc/>
    public Task AddAsync(Participant late) => OnLaneAsync(() => _queue.Add(late));

    /// <inheritdoc/>
    public async Task<RoundTurn> WaitForTurnAsync(Participant participant, Action<QueuePlace> moved, CancellationToken ct)
    {
        var begun = await OnLaneAsync(() => _queue.Request(participant, moved), ct).ConfigureAwait(false);
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
    public async Task<ParameterSet?> EndTurnAsync(Participant participant, ParameterSet? parameters, CancellationToken ct)
    {
        await _steps.EndAsync().ConfigureAwait(false);
        var over = await OnLaneAsync(() => _queue.Finish(participant, parameters), ct).ConfigureAwait(false);
        return await over.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(Participant participant)
    {
        if (_queue.Current?.Participant == participant)
            await _steps.AbandonAsync().ConfigureAwait(false);
        await OnLaneAsync(() => _queue.Remove(participant)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    private Task OnLaneAsync(Action change) => OnLaneAsync(
        () =>
        {
            change();
            return true;
        },
        CancellationToken.None);

    private Task<T> OnLaneAsync<T>(Func<T> change, CancellationToken ct) => middle.Lane.RunAsync(
        () =>
        {
            var result = change();
            _queue.Advance(Next);
            return result;
        },
        ct);
}
