using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using FlGlm.Server.Sessions;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>What is kept of a serial run, and how a client that has come back goes on: alone or, where it is its turn, with the middle.</summary>
internal sealed class SerialRecovery(RunPlan plan, MiddleWorker middle, SerialQueue queue, TurnSteps steps)
{
    /// <summary>Where it is kept; null = nowhere.</summary>
    public ServerCheckpoints? Store
    {
        get;
        set
        {
            field = value;
            value?.Failed = queue.Fail;
        }
    }

    /// <summary>Whether the run goes on from a checkpoint.</summary>
    public bool HasBeginning => Store?.Beginning is not null;

    /// <summary>Keeps the beginning of a turn; nothing in the midst of one.</summary>
    public Task KeepTurnAsync()
    {
        if (Store is null || queue.Current is { Steps: > 0 } || queue.Completion.IsCompleted)
            return Task.CompletedTask;
        return Store.BeginTurnAsync(
            () => queue.State with { Step = middle.State.Steps.Taken, Optimizer = middle.State.Steps },
            () => new Dictionary<string, IReadOnlyDictionary<string, Tensor>>(queue.Adapters.Files()) { [ServerCheckpoints.Middle] = middle.State.Tensors() });
    }

    /// <summary>After a step: keeps the middle where a checkpoint is due.</summary>
    public async Task KeepStepAsync()
    {
        if (Store is null || queue.Current is not { } turn)
            return;
        var turnSteps = plan.StepsPerRound(turn.Participant.Samples);
        if (turn.Steps >= turnSteps || !Store.IsDue(((queue.Round - 1) * turnSteps) + turn.Steps))
            return;
        await steps.LastAsync().ConfigureAwait(false);
        await Store.KeepStepAsync(turn.Participant.Seat, turn.Steps, () => queue.State.Seats, middle.State).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ISplitScheduler.ResumeAsync"/>
    public async Task<TurnPlace> ResumeAsync(Participant participant, IReadOnlyList<TurnPlace> places, int attempt)
    {
        await (participant.Passes?.EndAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        var place = await middle.Lane.RunAsync(() => queue.PlaceOf(participant), CancellationToken.None).ConfigureAwait(false);
        var isItsTurn = queue.Current?.Participant == participant || (place.Steps > 0 && !place.IsEnded);
        var held = isItsTurn && Store is not null ? await Store.HoldStepsAsync(participant.Seat).ConfigureAwait(false) : HeldCheckpoints.None;
        await using var heldScope = held.ConfigureAwait(false);
        return await new ResumePlaces(participant, places, attempt).ChooseAsync(
            place,
            isClean: !isItsTurn || steps.IsClean,
            queue.IsNew(participant),
            kept: Store?.StepsOf(held) ?? [],
            back => GoBackAsync(participant, back, attempt)).ConfigureAwait(false);
    }

    /// <summary>Takes the checkpoints up: queue, averages, and the middle with the turn that goes on; called on the compute lane.</summary>
    public void Restore()
    {
        try
        {
            Restore(Store!, Store!.Beginning!);
        }
        catch (Exception e)
        {
            queue.Fail(e);
            throw;
        }
    }

    private void Restore(ServerCheckpoints store, ServerState state)
    {
        queue.Restore(state);
        queue.Adapters.Restore(store, state.Seats, SplitSession.ClientSpecs(middle.Stage.Blueprint, plan));
        var (seat, taken) = state.Seats.Select(each => (each.Seat, Steps: store.StepsOf(each.Seat)[0])).MaxBy(each => each.Steps);
        if (taken > 0)
            Restore(queue.Find(seat), taken); // its turn goes on
        else
            store.Restore(seat, taken, ServerCheckpoints.Middle, state.Optimizer, middle.State);
    }

    private async Task GoBackAsync(Participant participant, TurnPlace back, int attempt)
    {
        await steps.AbandonAsync().ConfigureAwait(false);
        try
        {
            await middle.Lane.RunAsync(() => Restore(participant, back.Steps), CancellationToken.None).ConfigureAwait(false);
            await Store!.RemoveAfterAsync(participant.Seat, back.Steps).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            queue.Fail(e);
            throw;
        }

        participant.GoBack(back, attempt);
    }

    private void Restore(Participant participant, int taken)
    {
        var state = Store!.StateOf(participant.Seat, taken);
        Store.Restore(participant.Seat, taken, ServerCheckpoints.Middle, state.Optimizer, middle.State);
        queue.GoTo(participant, taken, state.Seats.Single(seat => seat.Seat == participant.Seat).Targets);
        steps.GoBack();
    }
}
