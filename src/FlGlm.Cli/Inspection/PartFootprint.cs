namespace FlGlm.Cli.Inspection;

/// <summary>What one stage holds and what its share of a training step needs; bytes, exact but for the activations.</summary>
/// <param name="Stage"><c>head</c>, <c>middle</c> or <c>tail</c>.</param>
/// <param name="Blocks">e.g. <c>blocks 1..26</c>.</param>
/// <param name="Parameters">How many numbers; a tensor that two stages share counts in both.</param>
/// <param name="WeightBytes">The weights in the run's dtype.</param>
/// <param name="TrainedParameters">How many of them, or of the adapter's, train; what two stages share counts with the head.</param>
/// <param name="TrainingBytes">The adapter in float32 with gradients and Adam's two moments; with method none gradients and moments alone.</param>
/// <param name="ActivationBytes">An estimate of what a step keeps for its walk back and works on, every token judged.</param>
internal sealed record PartFootprint(
    string Stage, string Blocks, long Parameters, long WeightBytes, long TrainedParameters, long TrainingBytes, long ActivationBytes)
{
    public long Float32Bytes => 4 * Parameters;

    /// <summary>In float16 or bfloat16.</summary>
    public long HalfBytes => 2 * Parameters;

    public long TotalBytes => WeightBytes + TrainingBytes + ActivationBytes;
}
