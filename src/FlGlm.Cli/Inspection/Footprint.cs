namespace FlGlm.Cli.Inspection;

/// <summary>What a run needs at each part and on the wire, told from the model's config.json alone.</summary>
/// <param name="Rows">B</param>
/// <param name="Length">T</param>
/// <param name="Dtype">of base weights, hidden states and their gradients, e.g. <c>bfloat16</c></param>
/// <param name="Peft">what trains, one line</param>
/// <param name="Hidden">H</param>
/// <param name="ElementBytes">of one number in <paramref name="Dtype"/></param>
/// <param name="Parts">head, middle, tail</param>
/// <param name="Shared">what head and tail share, or null</param>
internal sealed record Footprint(
    int Rows, int Length, string Dtype, string Peft, int Hidden, int ElementBytes, IReadOnlyList<PartFootprint> Parts, SharedTensor? Shared)
{
    /// <summary>Of the whole model; what two parts share counts once.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters) - (Shared?.Parameters ?? 0);

    /// <summary>Head and tail in one process, which holds what they share once.</summary>
    public long ClientBytes => Parts[0].TotalBytes + Parts[2].TotalBytes - (ElementBytes * (Shared?.Parameters ?? 0));

    public long ServerBytes => Parts[1].TotalBytes;

    /// <summary>One token's hidden state, or its gradient, on one of its four ways.</summary>
    public long WireBytesPerToken => (long)Hidden * ElementBytes;

    /// <summary>Hidden states and gradients of a training step from client to server; as many come home.</summary>
    public long WireBytesPerStepEachWay => 2 * WireBytesPerToken * Rows * Length;
}
