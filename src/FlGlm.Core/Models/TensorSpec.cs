namespace FlGlm.Core.Models;

/// <summary>One tensor of a model: its published name, its shape, and the part it belongs to.</summary>
/// <param name="Block">Global block index; -1 outside the blocks.</param>
public sealed record TensorSpec(string Name, long[] Shape, ModelPart Part, int Block = -1, TensorInit Init = TensorInit.Normal)
{
    /// <summary>Number of parameters.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}
