using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Inspection;

/// <summary>The content of a checkpoint, a config.json, an adapter or a tensor file.</summary>
/// <param name="Path">The inspected path.</param>
/// <param name="Kind"><c>checkpoint</c>, <c>configuration without weights</c>, <c>adapter</c> or <c>file</c>.</param>
/// <param name="Description">Its architecture or method, one line.</param>
/// <param name="Parts">The tensors that each stage would read; empty if the blocks are unknown.</param>
/// <param name="Tensors">Everything it holds.</param>
/// <param name="Notes">Remarks, e.g. about missing tensors.</param>
internal sealed record Inspection(
    string Path,
    string Kind,
    string Description,
    IReadOnlyList<InspectedPart> Parts,
    IReadOnlyList<InspectedTensor> Tensors,
    IReadOnlyList<string> Notes)
{
    /// <summary>Why no run can use the checkpoint; null if one can.</summary>
    public CheckpointException? Refusal { get; init; }

    /// <summary>The memory and traffic of a run; null if FlGlm does not support the model.</summary>
    public Footprint? Footprint { get; init; }

    public long Parameters => Tensors.Sum(tensor => tensor.Parameters);

    public long Bytes => Tensors.Sum(tensor => tensor.Bytes);
}
