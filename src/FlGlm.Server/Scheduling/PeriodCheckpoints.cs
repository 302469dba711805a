using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using FlGlm.Server.Sessions;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>What is kept of a run whose clients work at the same time: the beginning of every period, and the middles after steps in between.</summary>
/// <param name="countsOf">the counts of a client's replica, where it has one</param>
internal sealed class PeriodCheckpoints(RunPlan plan, MiddleWorker middle, PeriodTurns turns, AdapterAverage average, Func<Participant, OptimizerSteps> countsOf)
{
    private IReadOnlyList<SeatState> Seats => [.. turns.All.Select(turn => turn.ToState(turns.Number, average) with { Replica = countsOf(turn.Participant) })];

    /// <summary>Where it is kept; null = nowhere.</summary>
    public ServerCheckpoints? Store
    {
        get;
        set
        {
            field = value;
            value?.Failed = turns.Fail;
        }
    }

    /// <summary>Keeps the beginning of a period.</summary>
    /// <param name="middles">called on the compute lane</param>
    public Task KeepBeginningAsync(int round, bool isOver, Func<IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Tensor>>>> middles)
    {
        if (Store is null)
            return Task.CompletedTask;
        return Store.BeginTurnAsync(
            () => new ServerState(middle.State.Steps.Taken, round)
            {
                Optimizer = middle.State.Steps,
                TotalSteps = turns.TotalSteps,
                Seats = [.. Seats.Select(seat => seat with { IsEnded = false, Targets = 0 })],
                IsOver = isOver,
            },
            () => new Dictionary<string, IReadOnlyDictionary<string, Tensor>>(middles().Concat(average.Files())));
    }

    /// <summary>After a step: keeps the middle where a checkpoint is due.</summary>
    /// <param name="seat">whose middle it is; 0 = that of all</param>
    /// <param name="steps">taken in the period</param>
    public Task KeepStepAsync(int seat, int steps, TrainingState state)
    {
        var isDue = Store is not null && steps < turns.StepsOf(turns.Number) && Store.IsDue(((turns.Number - 1L) * plan.Training.AveragePeriod) + steps);
        return isDue ? Store!.KeepStepAsync(seat, steps, () => Seats, state) : Task.CompletedTask;
    }

    /// <summary>Takes turns and averages up; called on the compute lane.</summary>
    public void Restore(ServerState state)
    {
        turns.Restore(state);
        average.Restore(Store!, state.Seats, SplitSession.ClientSpecs(middle.Stage.Blueprint, plan));
    }
}
