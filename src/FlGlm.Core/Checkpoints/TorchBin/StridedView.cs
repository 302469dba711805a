namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>The positions of a tensor's elements in the file.</summary>
/// <param name="Start">The file position of its first element.</param>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Strides">Elements from one index to the next, per dimension.</param>
internal sealed record StridedView(long Start, long[] Shape, long[] Strides)
{
    /// <summary>True if the elements are stored row-major and without gaps.</summary>
    public bool IsContiguous { get; } = HasRowMajorStrides(Shape, Strides);

    /// <summary>Copies elements in row-major order.</summary>
    /// <param name="file">The file that holds them.</param>
    /// <param name="first">The first element to copy, counted row-major.</param>
    /// <param name="size">Bytes per element.</param>
    /// <param name="destination">Whole elements.</param>
    public void Copy(CheckpointFile file, long first, int size, Span<byte> destination)
    {
        if (IsContiguous)
        {
            file.Read(Start + (first * size), destination);
            return;
        }

        using var bytes = file.Map();
        var index = IndexOf(first);
        for (var at = 0; at < destination.Length; at += size)
        {
            long element = 0;
            for (var d = 0; d < index.Length; d++)
                element += index[d] * Strides[d];
            bytes.Slice(Start + (element * size), size).CopyTo(destination[at..]);
            Advance(index);
        }
    }

    private long[] IndexOf(long element)
    {
        var index = new long[Shape.Length];
        for (var d = Shape.Length - 1; d >= 0; d--)
            (element, index[d]) = Math.DivRem(element, Shape[d]);
        return index;
    }

    private void Advance(long[] index)
    {
        for (var d = Shape.Length - 1; d >= 0 && ++index[d] == Shape[d]; d--)
            index[d] = 0;
    }

    private static bool HasRowMajorStrides(long[] shape, long[] strides)
    {
        long expected = 1;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] != 1 && strides[d] != expected)
                return false;
            expected *= shape[d];
        }

        return true;
    }
}
