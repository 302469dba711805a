using FlGlm.Core.Peft;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Scheduling;

/// <summary>The state of one client in the current round of the serial strategy.</summary>
internal sealed class SerialTurn(Participant participant)
{
    private TaskCompletionSource<RoundTurn> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<ParameterSet?> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<QueuePlace>? _moved;
    private QueuePlace _place;

    public Participant Participant { get; } = participant;

    /// <summary>It joined after the first round: it starts from the last average.</summary>
    public bool IsNew { get; set; }

    /// <summary>It has requested its turn, which has not begun.</summary>
    public bool IsWaiting => _moved is not null;

    /// <summary>It has had its turn.</summary>
    public bool IsFinished { get; private set; }

    public Task<RoundTurn> RequestTurn(Action<QueuePlace> moved)
    {
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

    public void Begin(RoundTurn turn)
    {
        (_moved, _place, IsNew) = (null, default, false);
        _begun.SetResult(turn);
    }

    public Task<ParameterSet?> Finish()
    {
        IsFinished = true;
        return _over.Task;
    }

    public void EndRound(ParameterSet? average)
    {
        IsFinished = false;
        var over = _over;
        _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        over.SetResult(average);
    }
}
