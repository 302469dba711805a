using System.Collections;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>A tensor's elements, in order, as .NET values. Reads a copy where the tensor is strided or on a device.</summary>
public sealed class TensorAccessor<T> : IEnumerable<T>
    where T : unmanaged
{
    private readonly Tensor _tensor;

    internal TensorAccessor(Tensor tensor)
    {
        ElementTypes.Check<T>(tensor.dtype);
        _tensor = tensor;
    }

    public long Count => _tensor.numel();

    /// <summary>The element at this position, one index per dimension.</summary>
    public T this[params long[] indices]
    {
        get
        {
            using var element = _tensor[indices];
            return element.item<T>();
        }

        set
        {
            using var element = _tensor[indices];
            new TensorAccessor<T>(element).CopyFrom([value]);
        }
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        using var plain = Plain();
        var source = MemoryMarshal.Cast<byte, T>(plain.bytes)[(int)tensorIndex..];
        source[..Math.Min(source.Length, array.Length - arrayIndex)].CopyTo(array[arrayIndex..]);
        GC.KeepAlive(plain);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        using var plain = Plain();
        var target = MemoryMarshal.Cast<byte, T>(plain.bytes)[(int)tensorIndex..];
        array.Slice(arrayIndex, Math.Min(target.Length, array.Length - arrayIndex)).CopyTo(target);
        using var detached = _tensor.detach();
        detached.copy_(plain);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The elements in one piece on the processor: the tensor's own memory if it is so.</summary>
    private Tensor Plain()
    {
        using var here = _tensor.cpu();
        using var detached = here.detach();
        return detached.contiguous();
    }
}
