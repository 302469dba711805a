namespace FlGlm.Cli.Inspection;

/// <summary>What a checkpoint, a config.json, an adapter or a tensor file holds.</summary>
/// <param name="Path">What was inspected.</param>
/// <param name="Kind"><c>checkpoint</c>, <c>configuration without weights</c>, <c>adapter</c> or <c>file</c>.</param>
/// <param name="Description">Its architecture or method, one line.</param>
/// <param name="Parts">What each stage would read; empty where blocks are not known.</param>
/// <param name="Tensors">Everything it holds.</param>
/// <param name="Notes">What a reader should know, e.g. missing tensors.</param>
internal sealed record Inspection(
    string Path,
    string Kind,
    string Description,
    IReadOnlyList<InspectedPart> Parts,
    IReadOnlyList<InspectedTensor> Tensors,
    IReadOnlyList<string> Notes)
{
    /// <summary>What a run of this model needs; null where it is no model that FlGlm knows.</summary>
    public Footprint? Footprint { get; init; }

    public long Parameters => Tensors.Sum(tensor => tensor.Parameters);

    public long Bytes => Tensors.Sum(tensor => tensor.Bytes);
}
