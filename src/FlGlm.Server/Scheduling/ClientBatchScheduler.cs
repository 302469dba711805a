using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The client-batch strategy: all clients work at the same time, and the middle takes one optimizer step for the batches of all. Head and tail
/// are averaged at the end of every period.
/// </summary>
public sealed class ClientBatchScheduler(RunPlan plan, MiddleWorker middle, RunEvents events) : PeriodScheduler(plan, middle, events)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Participant, JointStep> _stepOf = [];
    private JointStep? _step;

    /// <inheritdoc/>
    public override bool PassesWait => true;

    /// <inheritdoc/>
    public override async Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct)
    {
        await OwnStepTakenAsync(participant, seconds, ct).ConfigureAwait(false);
        if (mode == PassMode.Evaluate)
            return (null, await Middle.EvaluateAsync(leg, seconds, ct).ConfigureAwait(false));
        var step = NextStep(participant);
        return await step.ForwardAsync(participant, leg with { Seat = participant.Seat }, seconds, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task DropAsync(Participant participant, PassTicket ticket) => StepOf(participant)!.DropAsync(participant, ticket);

    private protected override void Free()
    {
        base.Free();
        _step?.Dispose();
    }

    private protected override Task<Tensor> GradientAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct) =>
        StepOf(participant)!.BackwardAsync(participant, ticket, leg, terms, seconds, ct);

    private protected override Task EndStepsAsync(Participant participant) => StepOf(participant)?.Taken ?? Task.CompletedTask;

    private protected override async Task GiveUpAsync(Participant participant)
    {
        JointStep? current;
        lock (_gate)
        {
            _stepOf.Remove(participant);
            current = _step;
        }

        if (current is not null)
            await current.RemoveAsync(participant).ConfigureAwait(false);
    }

    private protected override bool IsServed(Participant participant)
    {
        lock (_gate)
            return _step is { Taken.IsCompleted: false } && !_step.WaitsFor(participant);
    }

    /// <summary>
    /// A participant may have the reply to the last gradient of a step before those of the others have come: what it asks for next is computed
    /// when the step is taken.
    /// </summary>
    private async Task OwnStepTakenAsync(Participant participant, StepTimings seconds, CancellationToken ct)
    {
        if (StepOf(participant) is not { } own || !own.IsDone(participant))
            return;
        await own.Taken.WaitAsync(ct).ConfigureAwait(false);
        seconds[StepLeg.Queue] += seconds.Lap();
    }

    /// <summary>The step that the participant's next pass belongs to.</summary>
    private JointStep NextStep(Participant participant)
    {
        lock (_gate)
        {
            if (_step is null || _step.Taken.IsCompleted)
            {
                _step?.Dispose();
                _step = Begin();
            }

            return _stepOf[participant] = _step;
        }
    }

    private JointStep Begin() => Plan.ClientBatch.Products == BatchProducts.Apart
        ? new ApartStep(Middle, Working(), Plan.ClientBatch.Weights) { Keep = KeepStepAsync }
        : new JoinedStep(Middle, Working(), Plan.ClientBatch.Weights) { Keep = KeepStepAsync };

    /// <summary>All have taken the same steps of this period.</summary>
    private Task KeepStepAsync() => KeepStepAsync(seat: 0, Turns.Max(turn => turn.Steps), Middle.State);

    private protected override bool IsClean(Participant participant)
    {
        lock (_gate)
            return _stepOf.GetValueOrDefault(participant) is not { } step || step.Taken.IsCompletedSuccessfully;
    }

    /// <summary>All go back: they take their steps together.</summary>
    private protected override async Task GoBackAsync(Participant participant, TurnPlace place, int attempt)
    {
        List<ClientTurn> working = [.. Turns.Where(turn => turn.Begun.IsCompleted)];
        foreach (var turn in working)
            await (turn.Participant.Passes?.EndAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        JointStep? current;
        lock (_gate)
        {
            (current, _step) = (_step, null);
            _stepOf.Clear();
        }

        await (current?.AbandonAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        await OnLaneAsync(() =>
        {
            current?.Dispose();
            Middle.ClearGradients();
            Restore(working, place.Steps);
        }).ConfigureAwait(false);
        await Checkpoints!.RemoveAfterAsync(seat: 0, place.Steps).ConfigureAwait(false);
        foreach (var turn in working)
            turn.Participant.GoBack(place, turn.Participant == participant ? attempt : 0);
    }

    private protected override void RestoreMiddles(ServerState state) => Restore(Turns, Checkpoints!.StepsOf(seat: 0)[0]);

    private void Restore(IReadOnlyList<ClientTurn> working, int steps)
    {
        var state = Checkpoints!.StateOf(seat: 0, steps);
        Checkpoints.Restore(0, steps, ServerCheckpoints.Middle, state.Optimizer, Middle.State);
        foreach (var turn in working)
            GoTo(turn, steps, state.Seats.FirstOrDefault(seat => seat.Seat == turn.Participant.Seat)?.Targets ?? 0);
    }

    private JointStep? StepOf(Participant participant)
    {
        lock (_gate)
            return _stepOf.GetValueOrDefault(participant);
    }
}
