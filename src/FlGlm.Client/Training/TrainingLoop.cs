using FlGlm.Client.Data;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>Takes step after step and reports each; one call per turn.</summary>
/// <param name="trainer">takes the steps</param>
/// <param name="middle">whose traffic the reports count</param>
/// <param name="batches">of the whole run</param>
/// <param name="report">told of every step</param>
public sealed class TrainingLoop(SplitTrainer trainer, IMiddle middle, TrainingBatches batches, Action<StepReport> report)
{
    /// <summary>Steps taken so far, over all rounds.</summary>
    public int Step { get; private set; }

    /// <summary>Takes <paramref name="steps"/> steps; stops after the step in hand when asked to.</summary>
    /// <param name="round">counted from 1</param>
    /// <param name="afterStep">runs between steps, e.g. a new key period or an evaluation</param>
    /// <param name="stop">asks for a stop after the step in hand</param>
    /// <returns>steps taken in this call</returns>
    public async Task<int> RunAsync(int round, int steps, Func<int, Task> afterStep, CancellationToken stop, CancellationToken ct)
    {
        for (var taken = 0; taken < steps; taken++)
        {
            if (stop.IsCancellationRequested)
                return taken;
            await TakeAsync(batches.Next(), round, ct);
            await afterStep(Step);
        }

        return steps;
    }

    private async Task TakeAsync(TrainingBatch batch, int round, CancellationToken ct)
    {
        var before = middle.Traffic;
        var result = await trainer.StepAsync(batch, ct);
        var after = middle.Traffic;
        report(new StepReport
        {
            Step = ++Step,
            Steps = batches.Steps,
            Round = round,
            Loss = result.Loss,
            LearningRate = result.LearningRate,
            Tokens = batch.Tokens,
            BytesUp = after.Up - before.Up,
            BytesDown = after.Down - before.Down,
            Seconds = result.Seconds,
        });
    }
}
