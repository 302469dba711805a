using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Cluster;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;

namespace FlGlm.Server.Scheduling;

/// <summary>The turns of clients that work at the same time: all begin together, and the next begin when all have ended and their average is there.</summary>
internal sealed class PeriodTurns(RunPlan plan) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ClientTurn> _turns = [];
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAveraging;

    /// <summary>The period, counted from 1.</summary>
    public int Number { get; private set; } = 1;

    /// <summary>Steps of each client in the whole run.</summary>
    public long TotalSteps { get; set; }

    public Task<bool> Completion => _completion.Task;

    /// <summary>The clients, in the order of their seats.</summary>
    public IReadOnlyList<ClientTurn> All
    {
        get
        {
            lock (_gate)
                return [.. _turns];
        }
    }

    private static ProtocolException Over => new(FaultCode.Full, "The last period of this run is over. Start a new run on both sides.");

    /// <summary>Whether no other period follows.</summary>
    public bool IsLast(int number) => (long)number * plan.Training.AveragePeriod >= TotalSteps;

    /// <summary>The clients that have not trained enough.</summary>
    public int Staying
    {
        get
        {
            lock (_gate)
                return _turns.Count(turn => !turn.HasLeft);
        }
    }

    /// <summary>Whether no other period follows this one, whose steps are taken.</summary>
    /// <param name="counts">of the other servers</param>
    public bool EndsRun(PeriodCounts counts)
    {
        lock (_gate)
            return IsLast(Number) || (Staying + counts.Others == 0 && _turns.Count + counts.Ended > 0);
    }

    /// <summary>The steps of a client in a period.</summary>
    public int StepsOf(int number) => (int)Math.Min(plan.Training.AveragePeriod, TotalSteps - ((number - 1L) * plan.Training.AveragePeriod));

    /// <summary>Takes a checkpoint up; the clients are added.</summary>
    public void Restore(ServerState state)
    {
        lock (_gate)
        {
            Number = state.Round;
            foreach (var turn in _turns)
                turn.Restore(state.Seats.Single(seat => seat.Seat == turn.Participant.Seat));
            if (state.IsOver)
                _completion.TrySetResult(true);
        }
    }

    /// <summary>A client takes part from the next period on; if there is none, its turn is refused.</summary>
    public void Add(Participant participant, bool isNew)
    {
        lock (_gate)
        {
            var turn = new ClientTurn(participant, isNew);
            _turns.Add(turn);
            _turns.Sort((one, other) => one.Participant.Seat.CompareTo(other.Participant.Seat));
            if (_completion.Task.IsCompleted)
                turn.Refuse(Over);
        }
    }

    public ClientTurn Of(Participant participant)
    {
        lock (_gate)
            return Find(participant);
    }

    /// <summary>Where a client is.</summary>
    public TurnPlace PlaceOf(Participant participant)
    {
        lock (_gate)
            return Find(participant).PlaceIn(Number);
    }

    /// <summary>A client that has come back sends again what it sent at the end of a turn.</summary>
    /// <param name="last">the last average of its turns</param>
    /// <returns>completes with the average; null where the turn has not ended here</returns>
    public Task<ParameterSet?>? FindEnd(Participant participant, int number, Func<ParameterSet?> last)
    {
        lock (_gate)
        {
            if (number < Number)
                return Task.FromResult(last());
            return Find(participant) is { IsEnded: true } turn ? turn.Over : null;
        }
    }

    public ClientTurn Remove(Participant participant)
    {
        lock (_gate)
        {
            var turn = Find(participant);
            _turns.Remove(turn);
            return turn;
        }
    }

    public bool Has(ClientTurn turn)
    {
        lock (_gate)
            return _turns.Contains(turn);
    }

    /// <summary>The clients that take the steps of this period, in the order of their seats.</summary>
    public IReadOnlyList<Participant> Working()
    {
        lock (_gate)
            return [.. _turns.Where(turn => turn.Begun.IsCompleted && !turn.IsEnded).Select(turn => turn.Participant)];
    }

    /// <param name="start">what new clients start from</param>
    public void Begin(ParameterSet? start)
    {
        lock (_gate)
            BeginAll(start);
    }

    /// <param name="parameters">from now on owned by the turn</param>
    /// <exception cref="OperationCanceledException">The participant goes back to an earlier step, or has just gone.</exception>
    /// <exception cref="ProtocolException">It has steps left.</exception>
    public Task<ParameterSet?> End(Participant participant, ParameterSet? parameters)
    {
        lock (_gate)
        {
            var turn = Find(participant);
            if (turn.Steps == StepsOf(Number))
                return turn.End(parameters);
        }

        parameters?.Dispose();
        throw participant.Passes is { IsEnded: true } || participant.Back is not null
            ? new OperationCanceledException($"'{participant.Name}' goes back to an earlier step.")
            : new ProtocolException(FaultCode.WrongStep, $"'{participant.Name}' ends a turn that has steps left.");
    }

    /// <summary>A participant is at an earlier step of this period again, whose end it may have announced.</summary>
    public void GoTo(ClientTurn turn, int steps, long targets)
    {
        lock (_gate)
            turn.GoTo(steps, targets);
    }

    /// <summary>Whether the period is over; the caller then averages, and releases the clients.</summary>
    /// <param name="ended">the turns of the period, in the order of their seats</param>
    public bool TryEndAll(out IReadOnlyList<ClientTurn> ended)
    {
        lock (_gate)
        {
            ended = [.. _turns.Where(turn => turn.Begun.IsCompleted)];
            if (_isAveraging || _completion.Task.IsCompleted || !ended.All(turn => turn.IsEnded))
                return false;
            _isAveraging = true;
            return true;
        }
    }

    /// <summary>The average is there: ends the turns, and begins the next or ends the run.</summary>
    /// <param name="counts">with the clients of other servers</param>
    public void Release(IReadOnlyList<ClientTurn> ended, ParameterSet? average, PeriodCounts counts)
    {
        lock (_gate)
        {
            _isAveraging = false;
            if (IsLast(Number) || Staying + counts.Others == 0)
                _completion.TrySetResult(counts.Ended > 0 || _turns.Any(ended.Contains));
            var number = Number++;
            foreach (var turn in ended)
                turn.Continue(number, average)();
            if (!_completion.Task.IsCompleted)
                BeginAll(average);
            else
                RefuseAll(Over);
        }
    }

    /// <summary>The average has failed, and so has the run.</summary>
    public void Fail(Exception error)
    {
        lock (_gate)
        {
            _isAveraging = false;
            foreach (var turn in _turns)
                turn.Fail(error);
            RefuseAll(error);
            _completion.TrySetException(error);
        }
    }

    public void Dispose() => _turns.ForEach(turn => turn.Dispose());

    /// <summary>Called under the lock.</summary>
    private ClientTurn Find(Participant participant) => _turns.Single(turn => turn.Participant == participant);

    private void RefuseAll(Exception reason)
    {
        foreach (var turn in _turns)
            turn.Refuse(reason);
    }

    private void BeginAll(ParameterSet? start)
    {
        foreach (var turn in _turns.Where(turn => !turn.HasLeft))
            turn.Begin(new RoundTurn(Number, turn.IsNew ? start : null, StepsOf(Number), TotalSteps, IsLast(Number)))();
    }
}
