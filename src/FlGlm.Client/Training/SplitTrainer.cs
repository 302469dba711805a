using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The training step: three passes out, the same three passes home.</summary>
/// <param name="optimizer">over head and tail jointly; the middle steps by itself</param>
public sealed class SplitTrainer(ClientStages stages, IMiddle middle, StageOptimizer optimizer, ComputeLane lane)
{
    /// <summary>h out, h back, gradient out, gradient back; then head and tail step together.</summary>
    /// <exception cref="NotFiniteException">The loss or a gradient is no number: head and tail are as the last step left them.</exception>
    public async Task<StepResult> StepAsync(TrainingBatch batch, CancellationToken ct)
    {
        var watch = new LegWatch();
        var rate = optimizer.LearningRate;
        using var head = await lane.RunAsync(() => stages.Head.Forward(batch, PassMode.Train), ct);
        var headSeconds = watch.Lap();
        using var pass = await middle.ForwardAsync(head.Output, batch.Layout, PassMode.Train, ct);
        watch.Lap();
        using var tail = await lane.RunAsync(() => stages.Tail.Forward(pass.Output, batch, PassMode.Train), ct);
        var tailSeconds = watch.Lap();
        using var tailGradient = await lane.RunAsync(() => Back(tail), ct);
        var tailBackwardSeconds = watch.Lap();
        using var headGradient = await pass.BackwardAsync(tailGradient, ct);
        watch.Lap();
        var headBackwardSeconds = await lane.RunAsync(() => Back(head, headGradient, watch), ct);
        var loss = await lane.RunAsync(() => Finish(tail), ct);
        var seconds = Legs(pass.Seconds) with
        {
            Head = headSeconds,
            Tail = tailSeconds,
            TailBackward = tailBackwardSeconds,
            HeadBackward = headBackwardSeconds,
            Optimizer = watch.Lap(),
            Total = watch.Total,
        };
        return new StepResult(loss, rate, seconds);
    }

    private Tensor Back(StagePass tail)
    {
        var loss = tail.Output.item<float>();
        if (!float.IsFinite(loss))
            throw new NotFiniteException($"The loss of step {optimizer.Steps + 1} is {loss}, so the step is not taken.");
        return tail.Backward()!;
    }

    private static double Back(StagePass head, Tensor gradient, LegWatch watch)
    {
        head.Backward(gradient);
        return watch.Lap();
    }

    private float Finish(StagePass tail)
    {
        optimizer.ExpectFinite();
        optimizer.Step();
        return tail.Output.item<float>();
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
