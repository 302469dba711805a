using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Evaluation;

/// <summary>Mean cross-entropy over held-out rows: the forward of a training step, without gradients and without dropout.</summary>
public sealed class ValidationLoss(ClientStages stages, IMiddle middle, ComputeLane lane)
{
    /// <summary>Changes what leaves; null = nothing is changed.</summary>
    public IBoundaryDefence? Defence { get; init; }

    /// <summary>Lengths that rows leave with, in ascending order; none = their own.</summary>
    public IReadOnlyList<int> LengthBuckets { get; init; } = [];

    /// <summary>The loss of several files' rows together, and of each file.</summary>
    /// <param name="sets">at least one</param>
    /// <param name="batchSize">rows per pass</param>
    /// <param name="batches">the most batches of each; 0 = all</param>
    /// <exception cref="DataException">No row of a set has a target.</exception>
    public async Task<ValidationResult> MeasureAsync(IReadOnlyList<ValidationSet> sets, int batchSize, int batches, CancellationToken ct)
    {
        var (sum, targets) = (0.0, 0L);
        var files = new Dictionary<string, double>();
        foreach (var set in sets)
        {
            var (loss, count) = await MeasureAsync(batches > 0 ? [.. set.Examples.Take(batches * batchSize)] : set.Examples, batchSize, ct).ConfigureAwait(false);
            (sum, targets) = (sum + (loss * count), targets + count);
            files[set.Name] = loss;
        }

        return files.Count == 1 ? new ValidationResult(files.Values.First(), new Dictionary<string, double>()) : new ValidationResult(sum / targets, files);
    }

    /// <param name="examples">at least one</param>
    /// <param name="batchSize">rows per pass</param>
    /// <returns>the mean over all targets of all rows, and their number</returns>
    /// <exception cref="DataException">No row has a target.</exception>
    public async Task<(double Loss, long Targets)> MeasureAsync(IReadOnlyList<Example> examples, int batchSize, CancellationToken ct)
    {
        var (sum, targets, first) = (0.0, 0L, 0);
        foreach (var rows in examples.Chunk(batchSize))
        {
            var batch = BatchCollator.Collate(rows, marks: stages.Blueprint.Family.Marks, buckets: LengthBuckets) with { FirstRow = first };
            first += batch.Rows;
            if (batch.LabelCount > 0)
                sum += await LossAsync(batch, ct).ConfigureAwait(false) * batch.LabelCount;
            targets += batch.LabelCount;
        }

        return targets > 0
            ? (sum / targets, targets)
            : throw new DataException("data", null, $"No token of the {examples.Count} validation rows has a label, so they have no loss. Give the rows of data.validation an answer.");
    }

    private async Task<double> LossAsync(TrainingBatch batch, CancellationToken ct)
    {
        if (Defence is not null)
            batch = await lane.RunAsync(() => Defence.Tokens(batch, stages.Head.Embedding), ct).ConfigureAwait(false);
        using var head = await lane.RunAsync(() => stages.Head.Forward(batch, PassMode.Evaluate, Release(batch)), ct).ConfigureAwait(false);
        var pass = await middle.ForwardAsync(head.Output, batch.Layout, PassMode.Evaluate, ct).ConfigureAwait(false);
        await using var passScope = pass.ConfigureAwait(false);
        using var tail = await lane.RunAsync(() => stages.Tail.Forward(pass.Output, batch, PassMode.Evaluate), ct).ConfigureAwait(false);
        return await lane.RunAsync(() => tail.Output.item<float>(), ct).ConfigureAwait(false);
    }

    private Func<Tensor, Tensor>? Release(TrainingBatch batch) => Defence is null
        ? null
        : hidden => Defence.Hidden(hidden, new BoundaryPass(PassPurpose.Validate, Step: 0, batch.FirstRow, batch.Layout) { Rows = batch });
}
