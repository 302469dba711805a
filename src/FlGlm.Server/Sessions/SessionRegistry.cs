namespace FlGlm.Server.Sessions;

/// <summary>The sessions that are open.</summary>
internal sealed class SessionRegistry
{
    private readonly Dictionary<long, Task> _sessions = [];
    private readonly Lock _gate = new();
    private long _last;

    /// <summary>Runs a session and removes it when it is over.</summary>
    public async Task RunAsync(Func<Task> session)
    {
        var over = new TaskCompletionSource();
        long number;
        lock (_gate)
            _sessions.Add(number = ++_last, over.Task);
        try
        {
            await session().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _sessions.Remove(number);
            over.SetResult();
        }
    }

    /// <summary>Waits until every session that is open now is over.</summary>
    public Task WhenAllOver()
    {
        lock (_gate)
            return Task.WhenAll(_sessions.Values);
    }
}
