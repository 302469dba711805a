using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;

namespace FlGlm.Server.Scheduling;

/// <summary>Whose turn it is in the serial strategy, and the average at the end of a round. It changes on the compute lane only, so no lock is needed.</summary>
internal sealed class SerialQueue(RunPlan plan, MiddleWorker middle, RunEvents events) : IDisposable
{
    private readonly List<ClientTurn> _turns = [];
    private readonly Dictionary<int, long> _samples = [];
    private readonly AdapterAverage _average = new(plan);
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What whoever waits gets when the change is kept.</summary>
    private readonly List<Action> _releases = [];
    private int _round = 1;

    /// <summary>The last round is over, or all clients have left with their averages.</summary>
    private bool _isOver;

    /// <summary>Steps of the middle for clients that have left before the run went on from a checkpoint.</summary>
    private long _stepsOfOthers;
    private int _waiting;
    private volatile ClientTurn? _current;
    private volatile IReadOnlyList<Participant> _left = [];

    /// <summary>The last client of this round, with whose parameters, which <see cref="_average"/> owns, the next turn begins; 0 = none.</summary>
    private int _previous;

    /// <summary>Clients waiting for their turn; may be read anywhere.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The turn that has begun and not ended; may be read anywhere.</summary>
    public ClientTurn? Current => _current;

    public Task<bool> Completion => _completion.Task;

    /// <summary>The round that goes on, counted from 1; may be read anywhere.</summary>
    public int Round => Volatile.Read(ref _round);

    /// <summary>The average, and what was sent for the next.</summary>
    public AdapterAverage Adapters => _average;

    /// <summary>The state for a checkpoint.</summary>
    public ServerState State => new(Step: 0, _round)
    {
        TotalSteps = TotalSteps,
        Seats = [.. _turns.Select(turn => turn.ToState(_round, _average))], Previous = _previous, IsOver = _completion.Task.IsCompleted || _isOver,
    };

    /// <summary>Steps of the middle in the whole run.</summary>
    private long TotalSteps => plan.ServerSteps(_samples.Values) + _stepsOfOthers;

    /// <summary>Takes a checkpoint up; the clients are added.</summary>
    public void Restore(ServerState state)
    {
        (_round, _previous, _isOver) = (state.Round, state.Previous, state.IsOver);
        _stepsOfOthers = state.TotalSteps - plan.ServerSteps(_samples.Values);
        middle.SetTotalSteps(TotalSteps);
        foreach (var (turn, seat) in _turns.Zip(state.Seats))
            turn.Restore(seat);
        CountLeft();
        if (state.IsOver)
            _completion.TrySetResult(true);
    }

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
        middle.SetTotalSteps(TotalSteps);
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
        if (_average.Add(turn) is not null)
            _previous = plan.Serial.Handover == SerialHandover.Previous ? participant.Seat : 0;
        _current = null;
        return over;
    }

    /// <summary>A client that has come back sends again what it sent at the end of a turn.</summary>
    /// <returns>completes with the average; null where the turn has not ended here</returns>
    public Task<ParameterSet?>? FindEnd(Participant participant, int round) => round < _round
        ? Task.FromResult(_average.LastOf(participant.Seat))
        : Of(participant) is { IsEnded: true } turn ? turn.Over : null;

    /// <summary>Where a client is in the round that goes on.</summary>
    public TurnPlace PlaceOf(Participant participant) => Of(participant).PlaceIn(_round);

    /// <inheritdoc cref="ClientTurn.IsNew"/>
    public bool IsNew(Participant participant) => Of(participant).IsNew;

    /// <summary>Whether the participant has left with an average; may be read anywhere.</summary>
    public bool HasLeft(Participant participant) => _left.Contains(participant);

    public Participant Find(int seat) => _turns.Single(turn => turn.Participant.Seat == seat).Participant;

    /// <inheritdoc cref="ClientTurn.GoTo"/>
    public void GoTo(Participant participant, int steps, long targets) => Of(participant).GoTo(steps, targets);

    /// <summary>Lets those go on that wait for a change which is kept now.</summary>
    public void Release()
    {
        foreach (var release in _releases)
            release();
        _releases.Clear();
        ReportPlaces();
    }

    /// <summary>The run has failed.</summary>
    public void Fail(Exception error)
    {
        _releases.Clear();
        foreach (var turn in _turns)
        {
            turn.Fail(error);
            turn.Refuse(error);
        }

        _completion.TrySetException(error);
    }

    public void Remove(Participant participant)
    {
        if (_current?.Participant == participant)
            _current = null;
        _turns.RemoveAll(turn => turn.Participant == participant);
        _average.Forget(participant.Seat);
    }

    /// <summary>Begins the next turn, and ends the round where all have had theirs; <see cref="Release"/> tells those that wait for it.</summary>
    /// <param name="choose">among those that have not had their turn</param>
    public void Advance(Func<IReadOnlyList<Participant>, Participant> choose)
    {
        if (_completion.Task.IsCompleted || _isOver)
            return;
        if (_turns.TrueForAll(turn => turn.IsEnded || turn.HasLeft))
            EndRound();
        if (_isOver)
            return;
        List<Participant> left = [.. _turns.Where(turn => !turn.IsEnded && !turn.HasLeft).Select(turn => turn.Participant)];
        if (_current is null && left.Count > 0 && Of(choose(left)) is { IsWaiting: true } next)
            Begin(next);
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
        var start = _previous > 0 ? _average.Contributions[_previous].Parameters : next.IsNew ? _average.Last : null;
        _releases.Add(next.Begin(new RoundTurn(_round, start, plan.StepsPerRound(samples), plan.ClientSteps(samples), _round == plan.Training.Rounds)));
    }

    private void EndRound()
    {
        _previous = 0;
        if (_average.Take() is > 0 and var counted)
            events.Report(new ServerEvent.RoundAveraged(_round, counted));
        _average.KeepFor([.. _turns.Where(turn => turn.IsEnded)]);
        foreach (var turn in _turns)
            _releases.Add(turn.Continue(_round, _average.Last));
        CountLeft();
        if (_round++ != plan.Training.Rounds && _turns.Exists(turn => !turn.HasLeft))
            return;
        _isOver = true;
        var isComplete = _turns.Count > 0;
        _releases.Add(() => Complete(isComplete));
    }

    private void CountLeft() => _left = [.. _turns.Where(turn => turn.HasLeft && !turn.IsEnded).Select(turn => turn.Participant)];

    private void Complete(bool isComplete)
    {
        _completion.TrySetResult(isComplete);
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
