using FlGlm.Core.Peft;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Scheduling;

/// <summary>The state of one client in a strategy whose clients work at the same time: a turn is the time between two averages.</summary>
internal sealed class PeriodTurn(Participant participant, MiddleReplica replica, bool isNew) : IDisposable
{
    private TaskCompletionSource<RoundTurn> _begun = NewSource<RoundTurn>();
    private TaskCompletionSource<ParameterSet?> _over = NewSource<ParameterSet?>();
    private ParameterSet? _parameters;

    public Participant Participant { get; } = participant;

    public MiddleReplica Replica { get; } = replica;

    /// <summary>Completes when the turn begins.</summary>
    public Task<RoundTurn> Begun => _begun.Task;

    /// <summary>It has joined after the start: it starts from the last average.</summary>
    public bool IsNew { get; private set; } = isNew;

    /// <summary>Its steps of the period are done: it waits for the others.</summary>
    public bool IsEnded { get; private set; }

    public void Begin(RoundTurn turn)
    {
        IsNew = false;
        _begun.SetResult(turn);
    }

    /// <param name="parameters">head and tail at the end of the turn, from now on owned by it; null if the run does not average</param>
    /// <returns>completes with the average</returns>
    public Task<ParameterSet?> End(ParameterSet? parameters)
    {
        (IsEnded, _parameters) = (true, parameters);
        return _over.Task;
    }

    /// <summary>Head and tail, from now on the caller's.</summary>
    public ParameterSet? TakeParameters()
    {
        var parameters = _parameters;
        _parameters = null;
        return parameters;
    }

    public void EndPeriod(ParameterSet? average)
    {
        var over = _over;
        (IsEnded, _begun, _over) = (false, NewSource<RoundTurn>(), NewSource<ParameterSet?>());
        over.SetResult(average);
    }

    public void Fail(Exception error) => _over.TrySetException(error);

    public void Dispose()
    {
        _parameters?.Dispose();
        Replica.Dispose();
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
