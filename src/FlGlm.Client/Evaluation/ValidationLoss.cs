using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Evaluation;

/// <summary>Mean cross-entropy over held-out rows: the forward of a training step, without gradients and without dropout.</summary>
public sealed class ValidationLoss(ClientStages stages, IMiddle middle, ComputeLane lane)
{
    /// <param name="examples">at least one</param>
    /// <param name="batchSize">rows per pass</param>
    /// <returns>the mean over all targets of all rows, and their number</returns>
    /// <exception cref="DataException">No row has a target.</exception>
    public async Task<(double Loss, long Targets)> MeasureAsync(IReadOnlyList<Example> examples, int batchSize, CancellationToken ct)
    {
        var (sum, targets) = (0.0, 0L);
        foreach (var rows in examples.Chunk(batchSize))
        {
            var batch = BatchCollator.Collate(rows, marks: stages.Blueprint.Family.Marks);
            if (batch.LabelCount > 0)
                sum += await LossAsync(batch, ct) * batch.LabelCount;
            targets += batch.LabelCount;
        }

        return targets > 0
            ? (sum / targets, targets)
            : throw new DataException("data", null, $"No token of the {examples.Count} validation rows has a label, so they have no loss. Give the rows of data.validation an answer.");
    }

    private async Task<double> LossAsync(TrainingBatch batch, CancellationToken ct)
    {
        using var head = await lane.RunAsync(() => stages.Head.Forward(batch, PassMode.Evaluate), ct);
        using var pass = await middle.ForwardAsync(head.Output, batch.Layout, PassMode.Evaluate, ct);
        using var tail = await lane.RunAsync(() => stages.Tail.Forward(pass.Output, batch, PassMode.Evaluate), ct);
        return await lane.RunAsync(() => tail.Output.item<float>(), ct);
    }
}
