using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The serial strategy: clients take turns in the order of their seats; each turn continues with the middle's weights of the turn before, and
/// the clients' weights are averaged at the end of every round. The queue changes only on the compute lane, so no lock is needed.
/// </summary>
public sealed class SerialScheduler(RunPlan plan, MiddleWorker middle, RunEvents events) : ISplitScheduler
{
    private readonly List<ClientTurn> _turns = [];
    private readonly List<long> _samples = [];
    private readonly AdapterAverage _average = new(plan);
    private readonly TurnSteps _steps = new(middle);
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _round = 1;
    private int _waiting;
    private volatile ClientTurn? _current;

    /// <summary>The last client's parameters of this round, which <see cref="_average"/> owns.</summary>
    private ParameterSet? _previous;

    /// <summary>Chooses among the clients that have not had their turn in this round, which come in the order of their seats: by default the first.</summary>
    public Func<IReadOnlyList<Participant>, Participant> Next { get; init; } = left => left[0];

    /// <inheritdoc/>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <inheritdoc/>
    public bool PassesWait => false;

    /// <inheritdoc/>
    public IReadOnlyList<Participant> WaitedFor => _current is { } turn ? [turn.Participant] : [];

    /// <inheritdoc/>
    public Task<bool> Completion => _completion.Task;

    /// <inheritdoc/>
    public Task StartAsync(IReadOnlyList<Participant> participants) => OnLaneAsync(
        () =>
        {
            foreach (var participant in participants)
                Add(participant);
            events.Report(new ServerEvent.Started([.. participants.Select(participant => participant.Name)]));
            return true;
        },
        CancellationToken.None);

    /// <inheritdoc/>
    public Task AddAsync(Participant late) => OnLaneAsync(() => Add(late), CancellationToken.None);

    /// <inheritdoc/>
    public async Task<RoundTurn> WaitForTurnAsync(Participant participant, Action<QueuePlace> moved, CancellationToken ct)
    {
        var begun = await OnLaneAsync(() => Of(participant).RequestTurn(moved), ct).ConfigureAwait(false);
        return await begun.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct) => _steps.ForwardAsync(leg, mode, seconds, ct);

    /// <inheritdoc/>
    public Task<Tensor> BackwardAsync(Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct)
    {
        _current?.Count(terms);
        return _steps.BackwardAsync(ticket, leg, terms.Accumulate, seconds, ct);
    }

    /// <inheritdoc/>
    public Task DropAsync(Participant participant, PassTicket ticket) => _steps.DropAsync(ticket);

    /// <inheritdoc/>
    public async Task<ParameterSet?> EndTurnAsync(Participant participant, ParameterSet? parameters, CancellationToken ct)
    {
        await _steps.EndAsync().ConfigureAwait(false);
        var over = await OnLaneAsync(() => Finish(Of(participant), parameters), ct).ConfigureAwait(false);
        return await over.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(Participant participant)
    {
        if (_current?.Participant == participant)
            await _steps.AbandonAsync().ConfigureAwait(false);
        await OnLaneAsync(() => Remove(participant), CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turns.ForEach(turn => turn.Dispose());
        _average.Dispose();
    }

    private ClientTurn Of(Participant participant) => _turns.Single(turn => turn.Participant == participant);

    private Task<T> OnLaneAsync<T>(Func<T> change, CancellationToken ct) => middle.Lane.RunAsync(
        () =>
        {
            var result = change();
            Advance();
            return result;
        },
        ct);

    private bool Add(Participant participant)
    {
        if (_completion.Task.IsCompleted)
            throw new ProtocolException(FaultCode.Full, "The last round of this run is over. Start a new run on both sides.");
        var turn = new ClientTurn(participant, isNew: _round > 1 || _average.Has(participant.Seat));
        if (_average.Has(participant.Seat))
            turn.Skip();
        _turns.Add(turn);
        _turns.Sort((one, other) => one.Participant.Seat.CompareTo(other.Participant.Seat));
        _samples.Add(participant.Samples);
        middle.SetTotalSteps(plan.ServerSteps(_samples));
        return true;
    }

    private Task<ParameterSet?> Finish(ClientTurn turn, ParameterSet? parameters)
    {
        var over = turn.End(parameters);
        if (_average.Add(turn) is { } sent)
            _previous = plan.Serial.Handover == SerialHandover.Previous ? sent : null;
        _current = null;
        return over;
    }

    private bool Remove(Participant participant)
    {
        if (_current?.Participant == participant)
            _current = null;
        return _turns.RemoveAll(turn => turn.Participant == participant) > 0;
    }

    private void Advance()
    {
        if (_completion.Task.IsCompleted)
            return;
        if (_turns.All(turn => turn.IsEnded))
            EndRound();
        if (_current is null && Chosen() is { IsWaiting: true } next)
            Begin(next);
        ReportPlaces();
    }

    private ClientTurn? Chosen()
    {
        List<Participant> left = [.. _turns.Where(turn => !turn.IsEnded).Select(turn => turn.Participant)];
        return left.Count > 0 ? Of(Next(left)) : null;
    }

    private void Begin(ClientTurn next)
    {
        _current = next;
        events.Report(new ServerEvent.TurnStarted(next.Participant.Name, _round));
        var samples = next.Participant.Samples;
        next.Begin(new RoundTurn(
            _round, _previous ?? (next.IsNew ? _average.Last : null), plan.StepsPerRound(samples), plan.ClientSteps(samples), _round == plan.Training.Rounds));
    }

    private void EndRound()
    {
        _previous = null;
        if (_average.Take() is > 0 and var counted)
            events.Report(new ServerEvent.RoundAveraged(_round, counted));
        foreach (var turn in _turns)
            turn.Continue(_average.Last);
        if (_round++ == plan.Training.Rounds || _turns.Count == 0)
            _completion.TrySetResult(_turns.Count > 0);
    }

    private void ReportPlaces()
    {
        var waiting = _turns.Where(turn => turn.IsWaiting).ToList();
        Volatile.Write(ref _waiting, waiting.Count);
        for (var i = 0; i < waiting.Count; i++)
            waiting[i].ReportPlace(new QueuePlace(i + 1, waiting.Count));
    }
}
