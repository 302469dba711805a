using FlGlm.Core.Checkpoints;

namespace FlGlm.Cli.Inspection;

/// <summary>One tensor as it is stored; its dtype as safetensors writes it, e.g. <c>BF16</c>.</summary>
internal sealed record InspectedTensor(string Name, string Dtype, IReadOnlyList<long> Shape, long Parameters, long Bytes)
{
    public static InspectedTensor Of(TensorInfo info) =>
        new(info.Name, info.ElementType.FormatName(), info.Shape, info.Shape.Aggregate(1L, (product, size) => product * size), info.ByteLength);

    public override string ToString() => $"{Name}  {Dtype}  [{string.Join(", ", Shape)}]";
}
