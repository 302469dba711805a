using FlGlm.Benchmarks.Measuring;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Lets every client of a run pass once at each opening, to take its steps, and times how long all of them take.</summary>
/// <param name="clients">M</param>
/// <param name="atOnce">the clients that come to the gate before it opens: all, or where they take turns the first</param>
internal sealed class StepGate(int clients, int atOnce) : IDisposable
{
    private readonly List<TaskCompletionSource> _openings = [];

    /// <summary>A permit for each client that has come to the gate.</summary>
    private readonly SemaphoreSlim _come = new(0);
    private int _opened;
    private int _working;
    private TaskCompletionSource _over = NewSource();

    /// <summary>Waits for an opening.</summary>
    /// <param name="opening">the client's own count, from 0</param>
    public Task PassAsync(int opening, CancellationToken ct)
    {
        _come.Release();
        return Opening(opening).Task.WaitAsync(ct);
    }

    /// <summary>A client's steps are done.</summary>
    public void Return()
    {
        if (Interlocked.Decrement(ref _working) == 0)
            _over.SetResult();
    }

    /// <summary>Opens once the clients have come; ends when every client has returned.</summary>
    /// <returns>the seconds from the opening to the return of the last</returns>
    public async Task<double> OpenAsync()
    {
        for (var come = 0; come < atOnce; come++)
            await _come.WaitAsync();
        (_working, _over) = (clients, NewSource());
        var seconds = await SideBySide.TimeAsync(() =>
        {
            Opening(_opened++).SetResult();
            return _over.Task;
        });
        for (var come = atOnce; come < clients; come++)
            await _come.WaitAsync();
        return seconds;
    }

    public void Dispose() => _come.Dispose();

    private TaskCompletionSource Opening(int number)
    {
        lock (_openings)
        {
            while (_openings.Count <= number)
                _openings.Add(NewSource());
            return _openings[number];
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
