using FlGlm.Client.Data;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>Takes the steps of a turn and reports each; one call per turn.</summary>
/// <param name="client">the name in the reports</param>
/// <param name="trainer">takes the steps</param>
/// <param name="middle">the middle whose traffic the reports contain</param>
/// <param name="batches">the batches of the whole run</param>
/// <param name="events">receives a <see cref="StepReport"/> after every step</param>
internal sealed class TrainingLoop(string client, SplitTrainer trainer, IMiddle middle, TrainingBatches batches, RunEvents events)
{
    /// <summary>Steps taken so far, over all rounds.</summary>
    public int Step { get; private set; }

    /// <summary>Goes on behind a number of steps, whose batches have been taken.</summary>
    public void GoTo(int step)
    {
        Step = step;
        batches.GoTo(step);
    }

    /// <summary>What the releases so far have cost; null where no epsilon can be stated.</summary>
    public Func<double?> Epsilon { get; init; } = () => null;

    /// <summary>Called after the report of every step, with the steps taken.</summary>
    public Func<int, CancellationToken, Task> Reported { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Whether no further step is to be taken.</summary>
    public Func<bool> HasEnough { get; init; } = () => false;

    /// <summary>Takes <paramref name="steps"/> steps, or fewer where that is enough; a requested stop takes effect after the current step.</summary>
    /// <param name="round">counted from 1</param>
    /// <param name="afterStep">called between steps, e.g. for an evaluation</param>
    /// <param name="stop">requests a stop after the current step</param>
    /// <returns>steps taken in this call</returns>
    public async Task<int> RunAsync(int round, int steps, Func<int, Task> afterStep, CancellationToken stop, CancellationToken ct)
    {
        for (var taken = 0; taken < steps; taken++)
        {
            if (stop.IsCancellationRequested || HasEnough())
                return taken;
            await TakeAsync(batches.Next(), round, ct).ConfigureAwait(false);
            await Reported(Step, ct).ConfigureAwait(false);
            await afterStep(Step).ConfigureAwait(false);
        }

        return steps;
    }

    private async Task TakeAsync(TrainingBatch batch, int round, CancellationToken ct)
    {
        var before = middle.Traffic;
        var result = await trainer.StepAsync(batch, ct).ConfigureAwait(false);
        var after = middle.Traffic;
        events.Report(new StepReport
        {
            Client = client,
            Step = ++Step,
            Steps = batches.Steps,
            Round = round,
            Loss = result.Loss,
            LearningRate = result.LearningRate,
            Tokens = result.Tokens,
            BytesUp = after.Up - before.Up,
            BytesDown = after.Down - before.Down,
            Epsilon = Epsilon(),
            Seconds = result.Seconds,
        });
    }
}
