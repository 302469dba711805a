using FlGlm.Client.Data;
using FlGlm.Client.Defences;
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
    /// <param name="data">as in the run; null = the usual sampler</param>
    /// <param name="buckets">as <c>privacy.length_buckets</c> says; null = none</param>
    /// <param name="defence">the client's, whose secret may have the order of the rows; null = the plan's seed has it</param>
    public static IEnumerable<TrainingBatch> Of(
        IReadOnlyList<Example> rows, RunPlan plan, int steps, ContextMarks? marks = null, DataSettings? data = null, IReadOnlyList<int>? buckets = null, IBoundaryDefence? defence = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var batches = TrainingBatches.Of(rows, data ?? new DataSettings(), plan, steps, marks, buckets ?? [], defence);
        for (var step = 0; step < steps; step++)
        {
            foreach (var pass in batches.Next().Cut(plan.Training.BatchSize, plan.Training.MicroBatches).SelectMany(parts => parts))
                yield return pass;
        }
    }
}
