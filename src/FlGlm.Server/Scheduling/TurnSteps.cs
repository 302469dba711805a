using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The middle's steps for the client whose turn it is. The optimizer steps behind the reply: if that fails, the client hears it with its next
/// request, and the next client's turn begins without it.
/// </summary>
internal sealed class TurnSteps(MiddleWorker middle)
{
    private MiddleStep? _step;
    private Task _last = Task.CompletedTask;

    /// <inheritdoc cref="ISplitScheduler.ForwardAsync"/>
    public async Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct)
    {
        await ExpectLastAsync().ConfigureAwait(false);
        if (mode == PassMode.Evaluate)
            return (null, await middle.EvaluateAsync(leg, seconds, ct).ConfigureAwait(false));
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
                (_last, _step) = (step.FinishAsync(), null);
            return back;
        }
        catch
        {
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task DropAsync(PassTicket ticket)
    {
        var step = _step!;
        step.Drop(ticket);
        if (step.OpenPasses > 0)
            return;
        _step = null;
        await step.DisposeAsync().ConfigureAwait(false);
    }

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

    /// <summary>Throws if the last optimizer step has failed; a forward may have been queued before it did.</summary>
    private Task ExpectLastAsync() => _last.IsFaulted ? _last : Task.CompletedTask;
}
