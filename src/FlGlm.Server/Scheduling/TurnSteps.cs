using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The middle's steps for the client whose turn it is. The optimizer steps behind the reply: if that fails, the client hears it with its next
/// request, and the next client's turn begins without it.
/// </summary>
/// <param name="keep">called after a step, before its last reply: writes a checkpoint where one is due</param>
internal sealed class TurnSteps(MiddleWorker middle, Func<Task>? keep = null)
{
    private MiddleStep? _step;
    private Task _last = Task.CompletedTask;

    /// <summary>Nothing has been computed for a step that is not taken: the middle is what it was after the last one.</summary>
    public bool IsClean { get; private set; } = true;

    /// <inheritdoc cref="ISplitScheduler.ForwardAsync"/>
    public async Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct)
    {
        await ExpectLastAsync().ConfigureAwait(false);
        if (mode == PassMode.Evaluate)
            return (null, await middle.EvaluateAsync(leg, seconds, ct).ConfigureAwait(false));
        IsClean = false;
        _step ??= await middle.BeginStepAsync(ct).ConfigureAwait(false);
        return await _step.ForwardAsync(leg, seconds, ct).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ISplitScheduler.BackwardAsync"/>
    public async Task<Tensor> BackwardAsync(PassTicket ticket, MiddleLeg leg, bool accumulate, StepTimings seconds, CancellationToken ct)
    {
        await ExpectLastAsync().ConfigureAwait(false);
        var step = _step!;
        try
        {
            var back = await step.BackwardAsync(ticket, leg, seconds, ct).ConfigureAwait(false);
            if (!accumulate)
                await FinishAsync(step).ConfigureAwait(false);
            return back;
        }
        catch
        {
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where the middle is set to a checkpoint.</summary>
    public void GoBack() => IsClean = true;

    public async Task DropAsync(PassTicket ticket)
    {
        var step = _step!;
        step.Drop(ticket);
        if (step.OpenPasses > 0)
            return;
        _step = null;
        await step.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until the last optimizer step is taken.</summary>
    public Task LastAsync() => _last;

    /// <summary>The turn is over.</summary>
    /// <exception cref="Exception">The last optimizer step has failed.</exception>
    public async Task EndAsync()
    {
        var last = _last;
        await AbandonAsync().ConfigureAwait(false);
        await last.ConfigureAwait(false);
    }

    /// <summary>Gives up the step in the making; waits for one that is being taken.</summary>
    public async Task AbandonAsync()
    {
        var (step, last) = (_step, _last);
        (_step, _last) = (null, Task.CompletedTask);
        if (step is not null)
            await step.DisposeAsync().ConfigureAwait(false);
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FinishAsync(MiddleStep step)
    {
        (_last, _step, IsClean) = (step.FinishAsync(), null, true);
        if (keep?.Invoke() is { IsCompleted: false } keeping)
            await keeping.ConfigureAwait(false);
    }

    /// <summary>Throws if the last optimizer step has failed; a forward may have been queued before it did.</summary>
    private Task ExpectLastAsync() => _last.IsFaulted ? _last : Task.CompletedTask;
}
