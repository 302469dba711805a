using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Privacy.Evaluation;

/// <summary>
/// The rows of a client's training passes, in order: its data once more, through the same sampler. Only the evaluation of an attack has them; they
/// are joined with a recording by the number of the pass.
/// </summary>
public static class PassTruth
{
    /// <param name="rows">the client's rows to train on</param>
    /// <param name="plan">complete, of the run</param>
    /// <param name="steps">the client's steps, at most</param>
    /// <param name="groupByLength">as <c>data.group_by_length</c> says</param>
    /// <param name="sampler">as <c>data.sampler</c> says</param>
    public static IEnumerable<TrainingBatch> Of(
        IReadOnlyList<Example> rows, RunPlan plan, int steps, ContextMarks? marks = null, bool groupByLength = false, DataSampler sampler = DataSampler.Epochs)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var training = plan.Training;
        using var batches = TrainingBatches.Of(rows, new DataSettings { GroupByLength = groupByLength, Sampler = sampler }, training.RowsPerStep, steps, training.Seed, marks, []);
        for (var step = 0; step < steps; step++)
        {
            foreach (var pass in batches.Next().Cut(training.BatchSize, training.MicroBatches).SelectMany(parts => parts))
                yield return pass;
        }
    }
}
