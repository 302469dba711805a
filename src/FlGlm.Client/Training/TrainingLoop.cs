using FlGlm.Client.Data;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>Takes the steps of a turn and reports each; one call per turn.</summary>
/// <param name="trainer">takes the steps</param>
/// <param name="middle">the middle whose traffic the reports contain</param>
/// <param name="batches">the batches of the whole run</param>
/// <param name="report">called after every step</param>
public sealed class TrainingLoop(SplitTrainer trainer, IMiddle middle, TrainingBatches batches, Action<StepReport> report)
{
    /// <summary>Steps taken so far, over all rounds.</summary>
    public int Step { get; private set; }

    /// <summary>Takes <paramref name="steps"/> steps; a requested stop takes effect after the current step.</summary>
    /// <param name="round">counted from 1</param>
    /// <param name="afterStep">called between steps, e.g. for an evaluation</param>
    /// <param name="stop">requests a stop after the current step</param>
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
