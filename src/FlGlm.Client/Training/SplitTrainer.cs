using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The training step: forward through head, middle and tail, backward through tail, middle and head.</summary>
/// <param name="optimizer">the optimizer of head and tail together; the middle has its own</param>
public sealed class SplitTrainer(ClientStages stages, IMiddle middle, StageOptimizer optimizer, ComputeLane lane)
{
    /// <summary>Sends h0, receives hN-2, sends the gradient, receives the gradient; then head and tail take an optimizer step.</summary>
    /// <remarks>After a failure head and tail have the values of the last step, and no gradients: the next step can be taken.</remarks>
    /// <exception cref="NotFiniteException">The loss or a gradient is not finite.</exception>
    /// <exception cref="DataException">The batch has no token to learn; nothing is sent.</exception>
    public async Task<StepResult> StepAsync(TrainingBatch batch, CancellationToken ct)
    {
        TailStage.ExpectTargets(batch);
        try
        {
            return await TakeAsync(batch, ct).ConfigureAwait(false);
        }
        catch
        {
            await DropGradientsAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<StepResult> TakeAsync(TrainingBatch batch, CancellationToken ct)
    {
        var seconds = new StepTimings();
        var rate = optimizer.LearningRate;
        using var head = await lane.RunThenSendAsync(() => stages.Head.Forward(batch, PassMode.Train), ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.Head);
        var pass = await middle.ForwardAsync(head.Output, batch.Layout, PassMode.Train, ct).ConfigureAwait(false);
        await using var passScope = pass.ConfigureAwait(false);
        seconds.Lap();
        var (loss, gradient) = await lane.RunThenSendAsync(() => RunTail(pass.Output, batch, seconds), ct).ConfigureAwait(false);
        using var tailGradient = gradient;
        seconds.Lap(StepLeg.TailBackward);
        using var headGradient = await pass.BackwardAsync(tailGradient, ct).ConfigureAwait(false);
        seconds.Lap();
        await lane.RunAsync(() => FinishStep(head, headGradient, seconds), ct).ConfigureAwait(false);
        seconds.TakeMiddle(pass.Seconds);
        return new StepResult(loss, rate, seconds);
    }

    /// <summary>The tail's forward to the loss and its backward to the gradient for the middle.</summary>
    private (float Loss, Tensor Gradient) RunTail(Tensor hidden, TrainingBatch batch, StepTimings seconds)
    {
        using var tail = stages.Tail.Forward(hidden, batch, PassMode.Train);
        var loss = tail.Output.item<float>();
        seconds.Lap(StepLeg.Tail);
        if (!float.IsFinite(loss))
            throw new NotFiniteException($"The loss of step {optimizer.Steps + 1} is {loss}, so the step is not taken.");
        return (loss, tail.Backward()!);
    }

    /// <summary>The head's backward, then the optimizer step of head and tail.</summary>
    private bool FinishStep(StagePass head, Tensor gradient, StepTimings seconds)
    {
        head.Backward(gradient);
        seconds.Lap(StepLeg.HeadBackward);
        optimizer.ExpectFinite();
        optimizer.Step();
        seconds.Lap(StepLeg.Optimizer);
        return true;
    }

    private async Task DropGradientsAsync()
    {
        try
        {
            await lane.RunAsync(
                () =>
                {
                    optimizer.ClearGradients();
                    return true;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The lane is closed: nothing can be computed any more.
        }
    }
}
