using FlGlm.Core.Peft;

namespace FlGlm.Server.Scheduling;

/// <summary>The state of one client in the current round of the serial strategy.</summary>
internal sealed class SerialTurn(JoinedClient client)
{
    private TaskCompletionSource<ParameterSet?> _begun = New();
    private TaskCompletionSource<ParameterSet?> _over = New();
    private Action<QueuePlace>? _moved;
    private QueuePlace _place;

    public JoinedClient Client { get; } = client;

    /// <summary>It has requested its turn, which has not begun.</summary>
    public bool IsWaiting => _moved is not null;

    /// <summary>It has had its turn.</summary>
    public bool IsFinished { get; private set; }

    public Task<ParameterSet?> RequestTurn(Action<QueuePlace> moved)
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

    public void Begin(ParameterSet? start)
    {
        (_moved, _place) = (null, default);
        _begun.SetResult(start);
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
        (_begun, _over) = (New(), New());
        over.SetResult(average);
    }

    private static TaskCompletionSource<ParameterSet?> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
