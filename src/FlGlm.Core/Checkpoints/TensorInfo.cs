using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>A file's entry for one of its tensors.</summary>
/// <param name="Name">The published name, e.g. <c>model.layers.0.mlp.up_proj.weight</c>.</param>
/// <param name="ElementType">How the elements are stored.</param>
/// <param name="Shape">Outermost dimension first; empty for a scalar.</param>
/// <param name="ByteLength">Bytes of all elements, row-major and without gaps.</param>
public sealed record TensorInfo(string Name, ElementType ElementType, long[] Shape, long ByteLength)
{
    /// <summary>The entry for a tensor.</summary>
    public static TensorInfo Of(string name, Tensor tensor) => Of(name, ElementTypes.FromScalarType(tensor.dtype), tensor.shape);

    /// <summary>The entry for a tensor of this type and shape.</summary>
    /// <exception cref="OverflowException">The shape counts more bytes than a file can hold.</exception>
    public static TensorInfo Of(string name, ElementType elementType, long[] shape) =>
        TryCountBytes(elementType, shape, out var bytes)
            ? new TensorInfo(name, elementType, shape, bytes)
            : throw new OverflowException($"'{name}' of shape {Show(shape)} counts too many bytes");

    /// <summary>False for a negative dimension and for a product beyond 2^63.</summary>
    internal static bool TryCountBytes(ElementType elementType, ReadOnlySpan<long> shape, out long bytes)
    {
        UInt128 product = (UInt128)elementType.Size();
        var empty = false;
        bytes = 0;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
                return false;
            empty |= dimension == 0;
            product *= (UInt128)Math.Max(dimension, 1);
            if (product > long.MaxValue)
                return false;
        }

        bytes = empty ? 0 : (long)product;
        return true;
    }

    /// <summary>The text of a shape for messages: <c>[200, 64]</c>.</summary>
    internal static string Show(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {ElementType.FormatName()} {Show(Shape)}";
}
