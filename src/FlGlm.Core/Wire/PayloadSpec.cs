using FlGlm.Core.Checkpoints;

namespace FlGlm.Core.Wire;

/// <summary>The number type and dims of a payload, as its frame's header states them.</summary>
/// <param name="Element">The type of one number, one of those with a code in docs/wire.md; null where the frame carries no tensor.</param>
/// <param name="Rank">The number of dims, 0 to <see cref="MaxRank"/>; unused dims are 0.</param>
/// <param name="Dim0">The slowest dim.</param>
/// <param name="Dim1">The second dim.</param>
/// <param name="Dim2">The third dim.</param>
/// <param name="Dim3">The fourth dim.</param>
internal readonly record struct PayloadSpec(ElementType? Element, int Rank, uint Dim0, uint Dim1, uint Dim2, uint Dim3)
{
    public const int MaxRank = 4;

    /// <summary>By their codes in a header, 0 for no tensor. Codes are part of the protocol: append, never renumber.</summary>
    private static readonly ElementType?[] Elements = [null, ElementType.F32, ElementType.BF16, ElementType.F16];

    /// <summary>The specification of a tensor with these dims.</summary>
    /// <exception cref="ArgumentException">A number type that frames do not carry, more dims than four, or one that 32 bits cannot hold.</exception>
    public static PayloadSpec Of(ElementType element, params ReadOnlySpan<long> dims)
    {
        if (!Elements.Contains(element))
            throw new ArgumentException($"Frames carry no {element}; F32, BF16 and F16.", nameof(element));
        if (dims.Length > MaxRank)
            throw new ArgumentException($"{dims.Length} dims; a frame carries at most {MaxRank}.", nameof(dims));
        Span<uint> padded = stackalloc uint[MaxRank];
        for (var i = 0; i < dims.Length; i++)
        {
            padded[i] = dims[i] is >= 0 and <= uint.MaxValue
                ? (uint)dims[i]
                : throw new ArgumentException($"Dim {i} is {dims[i]}; a frame's dims are 32 bits wide.", nameof(dims));
        }
        return new PayloadSpec(element, dims.Length, padded[0], padded[1], padded[2], padded[3]);
    }

    /// <summary>The number type of a header's code, null for no tensor; false where there is no such code.</summary>
    internal static bool TryGetElement(byte code, out ElementType? element)
    {
        element = code < Elements.Length ? Elements[code] : null;
        return code < Elements.Length;
    }

    public uint this[int dim] => dim switch
    {
        0 => Dim0,
        1 => Dim1,
        2 => Dim2,
        3 => Dim3,
        _ => throw new ArgumentOutOfRangeException(nameof(dim)),
    };

    /// <summary>Bytes of one number.</summary>
    public int ElementSize => Element?.Size() ?? 0;

    /// <summary>The number type's code in a header.</summary>
    internal byte ElementCode => (byte)Array.IndexOf(Elements, Element);

    /// <summary>Bytes of the whole tensor.</summary>
    /// <exception cref="OverflowException">The dims' product does not fit 64 bits.</exception>
    public long ByteLength => TryGetByteLength(out var bytes) ? bytes : throw new OverflowException($"{this} does not fit 64 bits.");

    /// <summary>Bytes of the whole tensor; false where they do not fit 64 bits.</summary>
    public bool TryGetByteLength(out long bytes)
    {
        UInt128 product = (uint)ElementSize;
        for (var i = 0; i < Rank; i++)
        {
            product *= this[i];
            if (product > long.MaxValue)
            {
                bytes = 0;
                return false;
            }
        }
        bytes = (long)product;
        return true;
    }

    /// <summary>The dims in use, for shapes and messages.</summary>
    public long[] Dims()
    {
        var dims = new long[Rank];
        for (var i = 0; i < Rank; i++)
            dims[i] = this[i];
        return dims;
    }

    public override string ToString() => Element is null ? "no tensor" : $"{Element} [{string.Join(", ", Dims())}]";
}
