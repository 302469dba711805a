using FlGlm.Client.Defences;
using FlGlm.Client.Events;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>One data owner's steps in a <see cref="LocalTrainer"/>: after each its report, then its validation, then its checkpoint, as far as they are due.</summary>
/// <param name="index">counted from 0</param>
/// <param name="cached">the middle, with keys and values</param>
/// <param name="checkpoints">null = none are written</param>
internal sealed class LocalTurn(
    int index, ClientTraining owner, LocalMiddle middle, LocalCachedMiddle cached, LocalCheckpoints? checkpoints, RunEvents events)
{
    /// <summary>Trains and saves.</summary>
    /// <param name="behind">the steps that a checkpoint has restored; null = the turn begins</param>
    /// <returns>whether all steps are taken, rather than a stop requested</returns>
    public async Task<bool> RunAsync(int? behind, Func<Task> saveAsync, CancellationToken stop, CancellationToken ct)
    {
        var loop = owner.Loop(middle);
        try
        {
            if (behind is { } taken)
                loop.GoTo(taken);
            else
                await BeginAsync(stop, ct).ConfigureAwait(false);
            try
            {
                await loop.RunAsync(round: 1, owner.Batches.Steps - loop.Step, step => AfterStepAsync(step, stop, ct), stop, ct).ConfigureAwait(false);
            }
            catch (BudgetException) when (checkpoints is not null)
            {
                await checkpoints.WriteAsync(index, loop.Step, stop, ct).ConfigureAwait(false);
                throw;
            }

            if (checkpoints is not null)
                await checkpoints.WriteAsync(index, loop.Step, stop, ct).ConfigureAwait(false);
        }
        catch when (loop.Step > 0)
        {
            await SaveAfterFailureAsync(saveAsync).ConfigureAwait(false);
            throw;
        }

        await saveAsync().ConfigureAwait(false);
        if (loop.Step < owner.Batches.Steps && owner.Best is { HasEnough: true, State: { } best })
            events.Report(new ClientEvent.EndedEarly(best));
        return loop.Step == owner.Batches.Steps || owner.Best is { HasEnough: true };
    }

    private async Task BeginAsync(CancellationToken stop, CancellationToken ct)
    {
        await owner.ValidateAsync(middle, cached, 0, ct).ConfigureAwait(false);
        if (checkpoints is not null)
            await checkpoints.WriteAsync(index, 0, stop, ct).ConfigureAwait(false);
    }

    private async Task AfterStepAsync(int step, CancellationToken stop, CancellationToken ct)
    {
        await owner.ValidateAsync(middle, cached, step, ct).ConfigureAwait(false);
        if (checkpoints is not null)
            await checkpoints.WriteIfDueAsync(index, step, stop, ct).ConfigureAwait(false);
    }

    /// <summary>The failure is what comes out, also where the disk refuses this too.</summary>
    private async Task SaveAfterFailureAsync(Func<Task> saveAsync)
    {
        try
        {
            await saveAsync().ConfigureAwait(false);
        }
        catch (CheckpointException e)
        {
            events.Warn($"what is trained could not be saved: {e.Message}");
        }
    }
}
