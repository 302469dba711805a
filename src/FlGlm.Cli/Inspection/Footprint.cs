namespace FlGlm.Cli.Inspection;

/// <summary>The memory of each stage and the traffic of a run, computed from the model's config.json alone.</summary>
/// <param name="Rows">B</param>
/// <param name="Length">T</param>
/// <param name="Dtype">the dtype of base weights, hidden states and their gradients, e.g. <c>bfloat16</c></param>
/// <param name="Peft">the method, one line</param>
/// <param name="Hidden">H</param>
/// <param name="ElementBytes">bytes of one number in <paramref name="Dtype"/></param>
/// <param name="Parts">head, middle, tail</param>
/// <param name="Shared">the tensor that head and tail share, or null</param>
internal sealed record Footprint(
    int Rows, int Length, string Dtype, string Peft, int Hidden, int ElementBytes, IReadOnlyList<PartFootprint> Parts, SharedTensor? Shared)
{
    /// <summary>Parameters of the whole model; a shared tensor counts once.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters) - (Shared?.Parameters ?? 0);

    /// <summary>Bytes of head and tail in one process, which holds a shared tensor once.</summary>
    public long ClientBytes => Parts[0].TotalBytes + Parts[2].TotalBytes - (ElementBytes * (Shared?.Parameters ?? 0));

    public long ServerBytes => Parts[1].TotalBytes;

    /// <summary>Bytes of one token's hidden state, or of its gradient, in one of its four transfers.</summary>
    public long WireBytesPerToken => (long)Hidden * ElementBytes;

    /// <summary>Bytes of hidden states and gradients of a training step from client to server; the same number is sent back.</summary>
    public long WireBytesPerStepEachWay => 2 * WireBytesPerToken * Rows * Length;
}
