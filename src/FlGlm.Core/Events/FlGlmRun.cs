using System.Runtime.CompilerServices;

namespace FlGlm.Core.Events;

/// <summary>A run of a server, a client or a trainer: started by reading its events, stopped by <see cref="Stop"/>.</summary>
public abstract class FlGlmRun
{
    private readonly CancellationTokenSource _stop = new();
    private bool _isStarted;

    /// <summary>What the run reports.</summary>
    protected RunEvents Events { get; } = new();

    /// <summary>Requests a stop: the current step is finished, what has been trained is saved, the peers get a goodbye.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Runs to the end, once. Leaving the loop before requests a stop and waits for it.</summary>
    /// <param name="ct">cancels at once; what the last complete step has trained is saved all the same</param>
    /// <returns>what happens meanwhile; a reader that is slow delays no step</returns>
    /// <exception cref="Configuration.FlGlmException">The run has failed; the events before it come first.</exception>
    public async IAsyncEnumerable<RunEvent> RunAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        if (Interlocked.Exchange(ref _isStarted, true))
            throw new InvalidOperationException("This run has been started already; make another one.");
        var work = Task.Run(() => WorkToEndAsync(ct), CancellationToken.None);
        try
        {
            await foreach (var happened in Events.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return happened;
        }
        finally
        {
            if (!work.IsCompleted)
                Stop();
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await work.ConfigureAwait(false);
    }

    /// <summary>Runs to the end, once, and reads no events.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task RunToEndAsync(CancellationToken ct = default)
    {
        await foreach (var _ in RunAsync(ct).ConfigureAwait(false))
        {
            // Nobody listens.
        }
    }

    /// <summary>The work itself.</summary>
    /// <param name="stop">requests a stop</param>
    /// <param name="ct">cancels at once</param>
    protected abstract Task WorkAsync(CancellationToken stop, CancellationToken ct);

    private async Task WorkToEndAsync(CancellationToken ct)
    {
        try
        {
            await WorkAsync(_stop.Token, ct).ConfigureAwait(false);
        }
        finally
        {
            Events.Complete();
        }
    }
}
