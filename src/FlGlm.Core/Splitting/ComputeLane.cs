using System.Collections.Concurrent;

namespace FlGlm.Core.Splitting;

/// <summary>The one thread per device that computes with tensors: libtorch keeps pools, scopes and gradient modes per thread.</summary>
public sealed class ComputeLane : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public ComputeLane(string name)
    {
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> after everything queued before it.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(
            () =>
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
            },
            CancellationToken.None);
        return done.Task;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
    }
}
