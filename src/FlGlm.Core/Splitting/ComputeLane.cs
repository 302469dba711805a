namespace FlGlm.Core.Splitting;

/// <summary>The one thread per device that computes with tensors: libtorch keeps pools, scopes and gradient modes per thread.</summary>
public sealed class ComputeLane : IDisposable
{
    private readonly Queue<Action> _work = [];
    private readonly Thread _thread;
    private bool _closed;

    public ComputeLane(string name)
    {
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> after everything queued before it.</summary>
    /// <exception cref="ObjectDisposedException">The lane is closed.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(() => Run(work, done, ct));
        return done.Task;
    }

    /// <summary>Waits for what is queued.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _closed = true;
            Monitor.Pulse(_work);
        }

        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> done, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            done.TrySetCanceled(ct);
            return;
        }

        try
        {
            done.TrySetResult(work());
        }
#pragma warning disable CA1031 // whatever the work throws belongs to its caller, not to the lane
        catch (Exception failure)
        {
            done.TrySetException(failure);
        }
    }

    private void Add(Action action)
    {
        lock (_work)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _work.Enqueue(action);
            Monitor.Pulse(_work);
        }
    }

    private void Run()
    {
        while (Take() is { } action)
            action();
    }

    /// <summary>Sleeps while there is nothing to do: a lane that spun would keep whoever sends its last result from the core.</summary>
    /// <returns>null when the lane is closed and the queue empty</returns>
    private Action? Take()
    {
        lock (_work)
        {
            while (_work.Count == 0)
            {
                if (_closed)
                    return null;
                Monitor.Wait(_work);
            }

            return _work.Dequeue();
        }
    }
}
