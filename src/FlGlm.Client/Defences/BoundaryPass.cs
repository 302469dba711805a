using FlGlm.Client.Data;
using FlGlm.Core.Models;

namespace FlGlm.Client.Defences;

/// <summary>Which pass through the middle a defence is asked about.</summary>
/// <param name="Purpose">what the pass is for</param>
/// <param name="Step">of the training step, counted from 1; 0 of other passes</param>
/// <param name="FirstRow">the place of the pass's first row among the rows of the step or of the validation, counted from 0</param>
/// <param name="Layout">real tokens per row; what stands on padding does not travel</param>
public sealed record BoundaryPass(PassPurpose Purpose, long Step, int FirstRow, SequenceLayout Layout)
{
    /// <summary>The rows with their tokens and labels; null where an answer is written, whose rows grow.</summary>
    public TrainingBatch? Rows { get; init; }
}
