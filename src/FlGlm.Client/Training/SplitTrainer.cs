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
    /// <exception cref="NotFiniteException">The loss or a gradient is not finite; head and tail keep the values of the last step.</exception>
    /// <exception cref="DataException">The batch has no token to learn; nothing is sent.</exception>
    public async Task<StepResult> StepAsync(TrainingBatch batch, CancellationToken ct)
    {
        TailStage.ExpectTargets(batch);
        var timer = new LegTimer();
        var rate = optimizer.LearningRate;
        using var head = await lane.RunThenSendAsync(() => stages.Head.Forward(batch, PassMode.Train), ct);
        var headSeconds = timer.Lap();
        using var pass = await middle.ForwardAsync(head.Output, batch.Layout, PassMode.Train, ct);
        timer.Lap();
        var tail = await lane.RunThenSendAsync(() => RunTail(pass.Output, batch, timer), ct);
        using var tailGradient = tail.Gradient;
        var tailBackwardSeconds = timer.Lap();
        using var headGradient = await pass.BackwardAsync(tailGradient, ct);
        timer.Lap();
        var headBackwardSeconds = await lane.RunAsync(() => FinishStep(head, headGradient, timer), ct);
        var seconds = Legs(pass.Seconds) with
        {
            Head = headSeconds,
            Tail = tail.ForwardSeconds,
            TailBackward = tailBackwardSeconds,
            HeadBackward = headBackwardSeconds,
            Optimizer = timer.Lap(),
            Total = timer.Total,
        };
        return new StepResult(tail.Loss, rate, seconds);
    }

    /// <summary>The tail's forward to the loss and its backward to the gradient for the middle.</summary>
    private (Tensor Gradient, float Loss, double ForwardSeconds) RunTail(Tensor hidden, TrainingBatch batch, LegTimer timer)
    {
        using var tail = stages.Tail.Forward(hidden, batch, PassMode.Train);
        var loss = tail.Output.item<float>();
        var forwardSeconds = timer.Lap();
        if (!float.IsFinite(loss))
            throw new NotFiniteException($"The loss of step {optimizer.Steps + 1} is {loss}, so the step is not taken.");
        return (tail.Backward()!, loss, forwardSeconds);
    }

    /// <summary>The head's backward, then the optimizer step of head and tail.</summary>
    /// <returns>the seconds of the backward</returns>
    private double FinishStep(StagePass head, Tensor gradient, LegTimer timer)
    {
        head.Backward(gradient);
        var seconds = timer.Lap();
        optimizer.ExpectFinite();
        optimizer.Step();
        return seconds;
    }

    private static StepSeconds Legs(MiddleSeconds middle) => new()
    {
        Up = middle.Up,
        Queue = middle.Queue,
        Middle = middle.Compute,
        Down = middle.Down,
        UpGradient = middle.UpGradient,
        QueueGradient = middle.QueueGradient,
        MiddleBackward = middle.ComputeGradient,
        DownGradient = middle.DownGradient,
    };
}
