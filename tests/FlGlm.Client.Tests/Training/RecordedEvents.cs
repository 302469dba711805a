using FlGlm.Core.Events;

namespace FlGlm.Client.Tests.Training;

/// <summary>
/// Records the events of a server or a client. They arrive a little after they were reported: whoever asks for what is recorded waits for
/// everything that was reported before.
/// </summary>
internal abstract class RecordedEvents
{
    private readonly List<string> _events = [];
    private readonly Task _reading;
    private volatile bool _isComplete;

    protected RecordedEvents() => _reading = Task.Run(ReadAsync);

    public RunEvents Reported { get; } = new();

    /// <summary>Each event in words.</summary>
    public IReadOnlyList<string> Events => Recorded(_events);

    /// <summary>No more events: waits until all are recorded.</summary>
    public Task CompleteAsync()
    {
        _isComplete = true;
        Reported.Complete();
        return _reading;
    }

    protected abstract void Record(RunEvent happened);

    protected void Add(string words)
    {
        lock (_events)
            _events.Add(words);
    }

    /// <summary>A copy of a list that <see cref="Record"/> adds to under its lock, with everything that has been reported.</summary>
    protected IReadOnlyList<T> Recorded<T>(List<T> list)
    {
        var mark = new Mark();
        if (!_isComplete)
            Reported.Report(mark);
        Task.WaitAny(mark.Reached.Task, _reading);
        lock (list)
            return [.. list];
    }

    private async Task ReadAsync()
    {
        await foreach (var happened in Reported.ReadAllAsync())
        {
            if (happened is Mark mark)
                mark.Reached.SetResult();
            else
                Record(happened);
        }
    }

    private sealed record Mark : RunEvent
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
