using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The server-hierarchical strategy: every client trains with a replica of the middle of its own, all at the same time. Every period ends with a
/// barrier, at which head, middle and tail are averaged.
/// </summary>
/// <param name="middle">what the replicas begin with, and what holds the last average</param>
/// <param name="devices">of the replicas, one after the other; null = the middle's</param>
public sealed class HierarchicalScheduler(RunPlan plan, MiddleWorker middle, RunEvents events, IReadOnlyList<Device>? devices = null) : PeriodScheduler(plan, middle, events)
{
    private readonly Dictionary<Participant, MiddleReplica> _replicas = [];
    private readonly MiddleReplicas _lanes = new(plan, middle, devices ?? [], events);

    /// <inheritdoc/>
    public override bool PassesWait => false;

    /// <inheritdoc/>
    public override Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct) =>
        Of(participant).Steps.ForwardAsync(leg, mode, seconds, ct);

    /// <inheritdoc/>
    public override Task DropAsync(Participant participant, PassTicket ticket) => Of(participant).Steps.DropAsync(ticket);

    private protected override void Free()
    {
        base.Free();
        _lanes.End();
        foreach (var replica in _replicas.Values)
            replica.Dispose();
        _lanes.Dispose();
    }

    private protected override void Join(Participant participant)
    {
        MiddleReplica replica = null!;
        replica = _lanes.Create(participant.Seat, TotalSteps, () => KeepStepAsync(participant, replica));
        lock (_replicas)
            _replicas.Add(participant, replica);
    }

    private protected override Task<Tensor> GradientAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct) =>
        Of(participant).Steps.BackwardAsync(ticket, leg, terms.Accumulate, seconds, ct);

    private protected override Task EndStepsAsync(Participant participant) => Of(participant).Steps.EndAsync();

    private protected override async Task GiveUpAsync(Participant participant)
    {
        var replica = Of(participant);
        await replica.Steps.AbandonAsync().ConfigureAwait(false);
        await OnLaneAsync(() =>
        {
            lock (_replicas)
                _replicas.Remove(participant);
            replica.Dispose();
        }).ConfigureAwait(false);
    }

    private protected override ReplicaAverage CopyMiddles(IReadOnlyDictionary<Participant, double> weights)
    {
        lock (_replicas)
            return new ReplicaAverage(_replicas, weights, Plan.Training.AverageMoments);
    }

    private protected override void GiveMiddles(ReplicaAverage average)
    {
        lock (_replicas)
            average.Give(Middle.Stage.Parameters, _replicas);
    }

    private protected override bool IsClean(Participant participant) => Of(participant).Steps.IsClean;

    private protected override int SeatOf(Participant participant) => participant.Seat;

    private protected override OptimizerSteps CountsOf(Participant participant)
    {
        lock (_replicas)
            return _replicas.GetValueOrDefault(participant)?.State.Steps ?? default;
    }

    private protected override async Task GoBackAsync(Participant participant, TurnPlace place, int attempt)
    {
        var replica = Of(participant);
        await replica.Steps.AbandonAsync().ConfigureAwait(false);
        await replica.Lane.RunAsync(() => Restore(participant, replica, place.Steps), CancellationToken.None).ConfigureAwait(false);
        await Checkpoints!.RemoveAfterAsync(participant.Seat, place.Steps).ConfigureAwait(false);
        participant.GoBack(place, attempt);
    }

    private protected override IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Tensor>>> Middles()
    {
        lock (_replicas)
            return [.. base.Middles(), .. _replicas.Select(pair => KeyValuePair.Create(ServerCheckpoints.ReplicaOf(pair.Key.Seat), pair.Value.State.Tensors()))];
    }

    private protected override void RestoreMiddles(ServerState state)
    {
        Checkpoints!.Restore(0, 0, ServerCheckpoints.Middle, state.Optimizer, Middle.State);
        foreach (var turn in Turns)
            Restore(turn.Participant, Of(turn.Participant), Checkpoints.StepsOf(turn.Participant.Seat)[0]);
    }

    private void Restore(Participant participant, MiddleReplica replica, int steps)
    {
        var state = Checkpoints!.StateOf(participant.Seat, steps);
        var seat = state.Seats.Single(seat => seat.Seat == participant.Seat);
        Checkpoints.Restore(participant.Seat, steps, ServerCheckpoints.ReplicaOf(participant.Seat), steps == 0 ? seat.Replica : state.Optimizer, replica.State);
        GoTo(TurnOf(participant), steps, seat.Targets);
        replica.Steps.GoBack();
    }

    private async Task KeepStepAsync(Participant participant, MiddleReplica replica)
    {
        if (Checkpoints is null)
            return;
        await replica.Steps.LastAsync().ConfigureAwait(false);
        await KeepStepAsync(participant.Seat, TurnOf(participant).Steps, replica.State).ConfigureAwait(false);
    }

    private MiddleReplica Of(Participant participant)
    {
        lock (_replicas)
            return _replicas[participant];
    }
}
