namespace FlGlm.Cli.Inspection;

/// <summary>The memory of one stage in a training step; bytes, exact except for the activations.</summary>
/// <param name="Stage"><c>head</c>, <c>middle</c> or <c>tail</c>.</param>
/// <param name="Blocks">e.g. <c>blocks 1..26</c>.</param>
/// <param name="Parameters">How many numbers; a tensor that two stages share counts in both.</param>
/// <param name="WeightBytes">The weights in the run's dtype.</param>
/// <param name="TrainedParameters">The number of trained parameters; a tensor that two stages share counts in the head.</param>
/// <param name="TrainingBytes">The adapter in float32 with gradients and Adam's two moments; with method none gradients and moments, and in bfloat16 the optimizer's float32 copies.</param>
/// <param name="ActivationBytes">An estimate of the activations of a step, with a loss on every token.</param>
internal sealed record PartFootprint(
    string Stage, string Blocks, long Parameters, long WeightBytes, long TrainedParameters, long TrainingBytes, long ActivationBytes)
{
    public long Float32Bytes => 4 * Parameters;

    /// <summary>In float16 or bfloat16.</summary>
    public long HalfBytes => 2 * Parameters;

    public long TotalBytes => WeightBytes + TrainingBytes + ActivationBytes;
}
