namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>The lines that a program writes, and a way to wait for one of them.</summary>
internal sealed class LineLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewChange();
    private bool _ended;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public void Add(string line) => Change(() => _lines.Add(line));

    /// <summary>Marks the end of the program's output.</summary>
    public void End() => Change(() => _ended = true);

    /// <summary>Waits for the first line that contains a text; null if the program ends without it.</summary>
    public async Task<string?> WaitAsync(string text, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                    return found;
                if (_ended)
                    return null;
                changed = _changed.Task;
            }

            await changed.WaitAsync(ct);
        }
    }

    public override string ToString() => string.Join('\n', Lines);

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            (changed, _changed) = (_changed, NewChange());
        }

        changed.SetResult();
    }
}
