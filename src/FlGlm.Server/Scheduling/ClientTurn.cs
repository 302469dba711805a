using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;

namespace FlGlm.Server.Scheduling;

/// <summary>One client's turns, each with its steps, its end and the average that follows: in the serial strategy one in a round, else one in a period.</summary>
internal sealed class ClientTurn(Participant participant, bool isNew) : IDisposable
{
    private TaskCompletionSource<RoundTurn> _begun = NewSource<RoundTurn>();
    private TaskCompletionSource<ParameterSet?> _over = NewSource<ParameterSet?>();
    private ParameterSet? _parameters;
    private Action<QueuePlace>? _moved;
    private QueuePlace _place;
    private int? _leftAfter;

    public Participant Participant { get; } = participant;

    /// <summary>It has joined after the start, and this is its first turn, which starts from the last average.</summary>
    public bool IsNew { get; private set; } = isNew;

    /// <summary>It has trained enough: no other turn of it begins.</summary>
    public bool HasLeft => _leftAfter is not null || (IsEnded && Participant.Leaves);

    /// <summary>It has requested its turn, which has not begun.</summary>
    public bool IsWaiting => _moved is not null;

    /// <summary>Completes when the turn begins.</summary>
    public Task<RoundTurn> Begun => _begun.Task;

    /// <summary>Its steps are done: it waits for the average.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Its steps in this turn.</summary>
    public int Steps { get; private set; }

    /// <summary>Its judged positions since the last average; 0 where the plan does not ask for them.</summary>
    public long Targets { get; private set; }

    /// <param name="moved">called with its place in the queue whenever that changes</param>
    /// <returns>completes when the turn begins</returns>
    public Task<RoundTurn> RequestTurn(Action<QueuePlace> moved)
    {
        if (!_begun.Task.IsCompleted)
            _moved = moved;
        return _begun.Task;
    }

    public void ReportPlace(QueuePlace place)
    {
        if (place == _place)
            return;
        _place = place;
        _moved?.Invoke(place);
    }

    /// <returns>gives the turn to whoever waits for it</returns>
    public Action Begin(RoundTurn turn)
    {
        var begun = _begun;
        (_moved, _place) = (null, default);
        return () => begun.TrySetResult(turn);
    }

    /// <summary>Counts a step and its judged positions, with its last gradient.</summary>
    public void Count(StepTerms terms)
    {
        if (!terms.Accumulate)
            (Steps, Targets) = (Steps + 1, Targets + terms.Targets);
    }

    /// <summary>It is at an earlier step of this turn again.</summary>
    public void GoTo(int steps, long targets)
    {
        TakeParameters()?.Dispose();
        (Steps, Targets, IsEnded) = (steps, targets, false);
        if (_over.Task.IsCompleted)
            _over = NewSource<ParameterSet?>();
    }

    /// <param name="parameters">head and tail at the end of the turn, from now on owned by it; null if the run does not average</param>
    /// <returns>completes with the average</returns>
    public Task<ParameterSet?> End(ParameterSet? parameters)
    {
        (IsEnded, _parameters) = (true, parameters);
        return _over.Task;
    }

    /// <summary>Completes with the average.</summary>
    public Task<ParameterSet?> Over => _over.Task;

    /// <summary>Where the client is; one that has left stays at the end of its last turn, however far the others are.</summary>
    /// <param name="number">of the turn that goes on</param>
    public TurnPlace PlaceIn(int number) => _leftAfter < number ? new TurnPlace(_leftAfter.Value + 1, 0) : new TurnPlace(number, Steps, IsEnded);

    /// <summary>The state for a checkpoint.</summary>
    /// <param name="number">of the turn that goes on</param>
    /// <param name="average">has what the client has sent</param>
    public SeatState ToState(int number, AdapterAverage average) => new(Participant.Seat, Participant.Identity, Participant.Name, Participant.Samples)
    {
        IsEnded = IsEnded,
        IsNew = IsNew,
        LeftAfter = HasLeft ? _leftAfter ?? number : null,
        Targets = Targets,
        Weight = average.Contributions.TryGetValue(Participant.Seat, out var sent) ? sent.Weight : null,
    };

    /// <summary>Takes a checkpoint up.</summary>
    public void Restore(SeatState state) => (IsEnded, IsNew, _leftAfter, Targets) = (state.IsEnded, state.IsNew, state.LeftAfter, state.Targets);

    /// <summary>Head and tail, from now on the caller's.</summary>
    public ParameterSet? TakeParameters()
    {
        var parameters = _parameters;
        _parameters = null;
        return parameters;
    }

    /// <summary>It has had its turn, in an earlier session: it waits for the next.</summary>
    public void Skip() => IsEnded = true;

    /// <summary>The average is there; the next turn may begin.</summary>
    /// <param name="number">of the turn that is over</param>
    /// <returns>gives the average to whoever waits for it</returns>
    public Action Continue(int number, ParameterSet? average)
    {
        var over = _over;
        if (HasLeft)
            _leftAfter ??= number;
        (IsEnded, IsNew, Steps, Targets, _begun, _over) = (false, IsNew && !_begun.Task.IsCompleted, 0, 0, NewSource<RoundTurn>(), NewSource<ParameterSet?>());
        return () => over.TrySetResult(average);
    }

    public void Fail(Exception error) => _over.TrySetException(error);

    /// <summary>No turn will begin any more.</summary>
    public void Refuse(Exception reason) => _begun.TrySetException(reason);

    public void Dispose() => TakeParameters()?.Dispose();

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
