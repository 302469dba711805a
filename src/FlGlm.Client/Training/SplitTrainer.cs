using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Stages;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The training step: forward through head, middle and tail, backward through tail, middle and head.</summary>
/// <param name="optimizer">the optimizer of head and tail together; the middle has its own</param>
public sealed class SplitTrainer(ClientStages stages, IMiddle middle, StageOptimizer optimizer, ComputeLane lane)
{
    /// <summary>Of the step under way; null = the rows of a batch are computed together.</summary>
    private RowPasses? _byRow;

    /// <summary>The most rows that are computed together; a step with more adds up the gradients of several batches. By default all.</summary>
    public int BatchSize { get; init; } = int.MaxValue;

    /// <summary>The parts of a batch that are under way at once: while the middle computes one, head or tail compute another.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>Changes what leaves; null = nothing is changed.</summary>
    public IBoundaryDefence? Defence { get; init; }

    /// <summary>Sends h0, receives hN-2, sends the gradient, receives the gradient, for each part of the rows; then head and tail take an optimizer step.</summary>
    /// <remarks>After a failure head and tail have the values of the last step, and no gradients: the next step can be taken.</remarks>
    /// <param name="rows">all rows of the step; parts of them that have no token to learn are left out</param>
    /// <exception cref="NotFiniteException">The loss or a gradient is not finite.</exception>
    /// <exception cref="DataException">The rows have no token to learn; nothing is sent.</exception>
    public async Task<StepResult> StepAsync(TrainingBatch rows, CancellationToken ct)
    {
        TailStage.ExpectTargets(rows);
        if (Defence is not null)
            rows = await lane.RunAsync(() => Defence.Tokens(rows, stages.Head.Embedding), ct).ConfigureAwait(false);
        Defence?.BeginStep(PassOf(rows));
        using var trace = StepTrace.Begin(optimizer.Steps + 1, middle);
        using var byRow = OpenRows(rows.Rows);
        _byRow = byRow;
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
            loss += await RunAsync(batches[i], rows, isLast: i == batches.Count - 1, seconds, ct).ConfigureAwait(false);
            tokens += batches[i].Sum(part => part.Tokens);
        }

        return new StepResult((float)loss, rate, tokens, seconds);
    }

    /// <summary>
    /// One batch: all heads, then all tails, then all heads backward, each in the order of the parts, whichever reply comes first. Dropout and
    /// sums of gradients depend on this order.
    /// </summary>
    /// <param name="all">the rows of the whole step</param>
    /// <returns>the batch's share of the loss</returns>
    private async Task<double> RunAsync(IReadOnlyList<TrainingBatch> parts, TrainingBatch all, bool isLast, StepTimings seconds, CancellationToken ct)
    {
        var passes = new List<TrainingPass>();
        var loss = 0.0;
        try
        {
            foreach (var part in parts)
                passes.Add(await RunHeadAsync(part, seconds, ct).ConfigureAwait(false));
            foreach (var pass in passes)
                loss += await RunTailAsync(pass, all.Rows, new StepTerms(Accumulate: !isLast || pass != passes[^1], all.LabelCount), seconds, ct).ConfigureAwait(false);
            foreach (var pass in passes)
                await RunHeadBackwardAsync(pass, all, isLast && pass == passes[^1], seconds, ct).ConfigureAwait(false);
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
        var (head, headRows) = await lane.RunThenSendAsync(() => RunHead(rows), ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.Head);
        var pass = new TrainingPass(rows, head, ForwardAsync(head, rows, ct)) { HeadRows = headRows };
        seconds.Lap();
        return pass;
    }

    private async Task<IMiddlePass> ForwardAsync(StagePass head, TrainingBatch rows, CancellationToken ct) =>
        await middle.ForwardAsync(head.Output, rows.Layout, PassMode.Train, ct).ConfigureAwait(false);

    /// <summary>When hN-2 has come, the tail's forward to the loss and its backward; the gradient for the middle is sent.</summary>
    /// <param name="rows">of the whole step</param>
    /// <returns>the pass's share of the loss</returns>
    private async Task<double> RunTailAsync(TrainingPass pass, int rows, StepTerms terms, StepTimings seconds, CancellationToken ct)
    {
        var middlePass = await pass.Middle.ConfigureAwait(false);
        seconds.Lap();
        var (loss, gradient) = await lane.RunThenSendAsync(() => RunTail(middlePass.Output, pass.Rows, rows, terms.Targets, seconds), ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.TailBackward);
        pass.Return(gradient, terms, ct);
        seconds.Lap();
        return loss;
    }

    /// <summary>When dL/dh0 has come, the head's backward; then, after the last pass of the step, the optimizer step of head and tail.</summary>
    /// <param name="all">the rows of the whole step</param>
    private async Task RunHeadBackwardAsync(TrainingPass pass, TrainingBatch all, bool isLast, StepTimings seconds, CancellationToken ct)
    {
        var gradient = await pass.Backward.ConfigureAwait(false);
        seconds.Lap();
        await lane.RunAsync(() => FinishPass(pass, gradient, all, isLast, seconds), ct).ConfigureAwait(false);
        seconds.AddMiddle(pass.Middle.Result.Seconds);
    }

    /// <param name="all">rows of the whole step, of which the pass has its share where each row's loss is its own mean</param>
    /// <param name="targets">of the whole step: the loss of a pass that has fewer is scaled to its share, so that the sum is the mean over all</param>
    private (double Loss, Tensor Gradient) RunTail(Tensor hidden, TrainingBatch rows, int all, long targets, StepTimings seconds)
    {
        if (_byRow is not null)
        {
            var byRow = _byRow.Tail(hidden, rows, seconds);
            ExpectFinite(byRow.Loss);
            return (byRow.Loss, Leaving(byRow.Gradient, rows));
        }

        var rowMeans = Defence?.UsesRowMeans == true;
        using var tail = stages.Tail.Forward(hidden, rows, PassMode.Train, rowMeans);
        var loss = tail.Output.item<float>();
        seconds.Lap(StepLeg.Tail);
        ExpectFinite(loss);
        var share = rowMeans ? rows.Rows / (double)all : rows.LabelCount / (double)targets;
        using var part = share == 1 ? null : tensor((float)share, device: tail.Output.device);
        return (loss * share, Leaving(tail.Backward(part)!, rows));
    }

    private void ExpectFinite(double loss)
    {
        if (!double.IsFinite(loss))
            throw new NotFiniteException($"The loss of step {optimizer.Steps + 1} is {loss}, so the step is not taken.");
    }

    /// <summary>Where each row is to have a gradient of its own, and head or tail train.</summary>
    private RowPasses? OpenRows(int rows) =>
        Defence?.RowGradientClip is { } clip && stages.Parameters.Any(parameter => parameter.Value.requires_grad) ? new RowPasses(stages, clip, rows) : null;

    private (StagePass Head, IReadOnlyList<StagePass> Rows) RunHead(TrainingBatch rows) =>
        _byRow?.Head(rows, Release) ?? (stages.Head.Forward(rows, PassMode.Train, Release(rows)), []);

    /// <summary>What makes what leaves of h0; null = h0 leaves.</summary>
    private Func<Tensor, Tensor>? Release(TrainingBatch rows) => Defence is null ? null : hidden => Defence.Hidden(hidden, PassOf(rows));

    /// <summary>What leaves of dL/dhN-2.</summary>
    private Tensor Leaving(Tensor gradient, TrainingBatch rows)
    {
        var leaving = Defence?.UpwardGradient(gradient, PassOf(rows)) ?? gradient;
        if (!ReferenceEquals(leaving, gradient))
            gradient.Dispose();
        return leaving;
    }

    private BoundaryPass PassOf(TrainingBatch rows) => new(PassPurpose.Train, optimizer.Steps + 1, rows.FirstRow, rows.Layout) { Rows = rows };

    /// <param name="all">the rows of the whole step</param>
    private bool FinishPass(TrainingPass pass, Tensor gradient, TrainingBatch all, bool isLast, StepTimings seconds)
    {
        RunHeadBackward(pass, gradient, all.Rows);
        seconds.Lap(StepLeg.HeadBackward);
        if (!isLast)
            return false;
        _byRow?.Finish(sums => Defence!.AdapterGradients(sums, PassOf(all)));
        optimizer.ExpectFinite();
        optimizer.Step();
        seconds.Lap(StepLeg.Optimizer);
        return true;
    }

    private void RunHeadBackward(TrainingPass pass, Tensor gradient, int all)
    {
        using var scope = NewDisposeScope();
        var home = Defence?.HomewardGradient(gradient, PassOf(pass.Rows)) ?? gradient;
        if (Penalty(pass, all) is { } penalty)
            home = home.Plus(penalty.to(home.dtype));
        if (_byRow is null)
            pass.Head.Backward(home);
        else
            _byRow.HeadBackward(pass, home);
    }

    /// <summary>What the head learns beside its task, as the pass's share of the mean over all rows; null = nothing.</summary>
    /// <param name="all">rows of the whole step</param>
    private Tensor? Penalty(TrainingPass pass, int all)
    {
        if (Defence is null)
            return null;
        using var grad = no_grad();
        return Defence.Penalty(stages.Head.Embed(pass.Rows), pass.Head.Output.detach(), PassOf(pass.Rows))?.Times(pass.Rows.Rows / (double)all);
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
