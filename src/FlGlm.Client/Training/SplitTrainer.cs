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
    /// <summary>The most rows that are computed together; a step with more adds up the gradients of several batches. By default all.</summary>
    public int BatchSize { get; init; } = int.MaxValue;

    /// <summary>The parts of a batch that are under way at once: while the middle computes one, head or tail compute another.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>Sends h0, receives hN-2, sends the gradient, receives the gradient, for each part of the rows; then head and tail take an optimizer step.</summary>
    /// <remarks>After a failure head and tail have the values of the last step, and no gradients: the next step can be taken.</remarks>
    /// <param name="rows">all rows of the step; parts of them that have no token to learn are left out</param>
    /// <exception cref="NotFiniteException">The loss or a gradient is not finite.</exception>
    /// <exception cref="DataException">The rows have no token to learn; nothing is sent.</exception>
    public async Task<StepResult> StepAsync(TrainingBatch rows, CancellationToken ct)
    {
        TailStage.ExpectTargets(rows);
        using var trace = StepTrace.Begin(optimizer.Steps + 1, middle);
        try
        {
            var result = await TakeAsync(rows, ct).ConfigureAwait(false);
            trace?.End(result);
            return result;
        }
        catch
        {
            await middle.DropStepAsync().ConfigureAwait(false);
            await DropGradientsAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<StepResult> TakeAsync(TrainingBatch rows, CancellationToken ct)
    {
        var seconds = StepTrace.NewTimings();
        var rate = optimizer.LearningRate;
        var batches = rows.Cut(BatchSize, MicroBatches).ToList();
        var (loss, tokens) = (0.0, 0);
        for (var i = 0; i < batches.Count; i++)
        {
            loss += await RunAsync(batches[i], rows.LabelCount, isLast: i == batches.Count - 1, seconds, ct).ConfigureAwait(false);
            tokens += batches[i].Sum(part => part.Tokens);
        }

        return new StepResult((float)loss, rate, tokens, seconds);
    }

    /// <summary>
    /// One batch: all heads, then all tails, then all heads backward, each in the order of the parts, whichever reply comes first. Dropout and
    /// sums of gradients depend on this order.
    /// </summary>
    /// <param name="targets">of the whole step</param>
    /// <returns>the batch's share of the loss</returns>
    private async Task<double> RunAsync(IReadOnlyList<TrainingBatch> parts, int targets, bool isLast, StepTimings seconds, CancellationToken ct)
    {
        var passes = new List<TrainingPass>();
        var loss = 0.0;
        try
        {
            foreach (var part in parts)
                passes.Add(await RunHeadAsync(part, seconds, ct).ConfigureAwait(false));
            foreach (var pass in passes)
                loss += await RunTailAsync(pass, new StepTerms(Accumulate: !isLast || pass != passes[^1], targets), seconds, ct).ConfigureAwait(false);
            foreach (var pass in passes)
                await RunHeadBackwardAsync(pass, isLast && pass == passes[^1], seconds, ct).ConfigureAwait(false);
            return loss;
        }
        finally
        {
            foreach (var pass in passes)
                await pass.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The head's forward; h0 is sent.</summary>
    private async Task<TrainingPass> RunHeadAsync(TrainingBatch rows, StepTimings seconds, CancellationToken ct)
    {
        var head = await lane.RunThenSendAsync(() => stages.Head.Forward(rows, PassMode.Train), ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.Head);
        var pass = new TrainingPass(rows, head, ForwardAsync(head, rows, ct));
        seconds.Lap();
        return pass;
    }

    private async Task<IMiddlePass> ForwardAsync(StagePass head, TrainingBatch rows, CancellationToken ct) =>
        await middle.ForwardAsync(head.Output, rows.Layout, PassMode.Train, ct).ConfigureAwait(false);

    /// <summary>When hN-2 has come, the tail's forward to the loss and its backward; the gradient for the middle is sent.</summary>
    /// <returns>the pass's share of the loss</returns>
    private async Task<double> RunTailAsync(TrainingPass pass, StepTerms terms, StepTimings seconds, CancellationToken ct)
    {
        var middlePass = await pass.Middle.ConfigureAwait(false);
        seconds.Lap();
        var (loss, gradient) = await lane.RunThenSendAsync(() => RunTail(middlePass.Output, pass.Rows, terms.Targets, seconds), ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.TailBackward);
        pass.Return(gradient, terms, ct);
        seconds.Lap();
        return loss;
    }

    /// <summary>When dL/dh0 has come, the head's backward; then, after the last pass of the step, the optimizer step of head and tail.</summary>
    private async Task RunHeadBackwardAsync(TrainingPass pass, bool isLast, StepTimings seconds, CancellationToken ct)
    {
        var gradient = await pass.Backward.ConfigureAwait(false);
        seconds.Lap();
        await lane.RunAsync(() => FinishPass(pass.Head, gradient, isLast, seconds), ct).ConfigureAwait(false);
        seconds.AddMiddle(pass.Middle.Result.Seconds);
    }

    /// <param name="targets">of the whole step: the loss of a pass that has fewer is scaled to its share, so that the sum is the mean over all</param>
    private (double Loss, Tensor Gradient) RunTail(Tensor hidden, TrainingBatch rows, long targets, StepTimings seconds)
    {
        using var tail = stages.Tail.Forward(hidden, rows, PassMode.Train);
        var loss = tail.Output.item<float>();
        seconds.Lap(StepLeg.Tail);
        if (!float.IsFinite(loss))
            throw new NotFiniteException($"The loss of step {optimizer.Steps + 1} is {loss}, so the step is not taken.");
        if (rows.LabelCount == targets)
            return (loss, tail.Backward()!);
        var share = rows.LabelCount / (double)targets;
        using var gradient = tensor((float)share, device: tail.Output.device);
        return (loss * share, tail.Backward(gradient)!);
    }

    private bool FinishPass(StagePass head, Tensor gradient, bool isLast, StepTimings seconds)
    {
        head.Backward(gradient);
        seconds.Lap(StepLeg.HeadBackward);
        if (!isLast)
            return false;
        optimizer.ExpectFinite();
        optimizer.Step();
        seconds.Lap(StepLeg.Optimizer);
        return true;
    }

    private async Task DropGradientsAsync()
    {
        try
        {
            await lane.RunAsync(optimizer.ClearGradients, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The lane is closed: nothing can be computed any more.
        }
    }
}
