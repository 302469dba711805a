using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Scheduling;

/// <summary>Whose turn it is in the serial strategy, and the average at the end of a round. It changes on the compute lane only, so no lock is needed.</summary>
internal sealed class SerialQueue(RunPlan plan, MiddleWorker middle, RunEvents events) : IDisposable
{
    private readonly List<ClientTurn> _turns = [];
    private readonly Dictionary<int, long> _samples = [];
    private readonly AdapterAverage _average = new(plan);
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _round = 1;
    private int _waiting;
    private volatile ClientTurn? _current;

    /// <summary>The last client's parameters of this round, which <see cref="_average"/> owns.</summary>
    private ParameterSet? _previous;

    /// <summary>Clients waiting for their turn; may be read anywhere.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The turn that has begun and not ended; may be read anywhere.</summary>
    public ClientTurn? Current => _current;

    public Task<bool> Completion => _completion.Task;

    /// <exception cref="ProtocolException">The last round is over.</exception>
    public void Add(Participant participant)
    {
        if (_completion.Task.IsCompleted)
            throw Over();
        var turn = new ClientTurn(participant, isNew: _round > 1 || _average.Has(participant.Seat));
        if (_average.Has(participant.Seat))
            turn.Skip();
        _turns.Add(turn);
        _turns.Sort((one, other) => one.Participant.Seat.CompareTo(other.Participant.Seat));
        _samples[participant.Seat] = participant.Samples;
        middle.SetTotalSteps(plan.ServerSteps(_samples.Values));
    }

    /// <inheritdoc cref="ClientTurn.RequestTurn"/>
    public Task<RoundTurn> Request(Participant participant, Action<QueuePlace> moved)
    {
        var begun = Of(participant).RequestTurn(moved);
        if (_completion.Task.IsCompleted)
            Of(participant).Refuse(Over());
        return begun;
    }

    /// <inheritdoc cref="ClientTurn.End"/>
    public Task<ParameterSet?> Finish(Participant participant, ParameterSet? parameters)
    {
        var turn = Of(participant);
        var over = turn.End(parameters);
        if (_average.Add(turn) is { } sent)
            _previous = plan.Serial.Handover == SerialHandover.Previous ? sent : null;
        _current = null;
        return over;
    }

    public void Remove(Participant participant)
    {
        if (_current?.Participant == participant)
            _current = null;
        _turns.RemoveAll(turn => turn.Participant == participant);
    }

    /// <summary>Begins the next turn, and ends the round where all have had theirs.</summary>
    /// <param name="choose">among those that have not had their turn</param>
    public void Advance(Func<IReadOnlyList<Participant>, Participant> choose)
    {
        if (_completion.Task.IsCompleted)
            return;
        if (_turns.All(turn => turn.IsEnded))
            EndRound();
        List<Participant> left = [.. _turns.Where(turn => !turn.IsEnded).Select(turn => turn.Participant)];
        if (_current is null && left.Count > 0 && Of(choose(left)) is { IsWaiting: true } next)
            Begin(next);
        ReportPlaces();
    }

    public void Dispose()
    {
        _turns.ForEach(turn => turn.Dispose());
        _average.Dispose();
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
        if (_round++ != plan.Training.Rounds && _turns.Count > 0)
            return;
        _completion.TrySetResult(_turns.Count > 0);
        foreach (var turn in _turns.Where(turn => turn.IsWaiting))
            turn.Refuse(Over());
    }

    private static ProtocolException Over() => new(FaultCode.Full, "The last round of this run is over. Start a new run on both sides.");

    private ClientTurn Of(Participant participant) => _turns.Single(turn => turn.Participant == participant);

    private void ReportPlaces()
    {
        var waiting = _turns.Where(turn => turn.IsWaiting).ToList();
        Volatile.Write(ref _waiting, waiting.Count);
        for (var i = 0; i < waiting.Count; i++)
            waiting[i].ReportPlace(new QueuePlace(i + 1, waiting.Count));
    }
}
