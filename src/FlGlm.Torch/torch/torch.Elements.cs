using System.Runtime.InteropServices;
using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor over the array's own memory from a byte offset on (count -1: to the end), which stays in place until the tensor is freed. No copy: writing to one writes
    /// to the other.
    /// </summary>
    public static unsafe Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var length = Buffer.ByteLength(rawArray);
        var size = dtype.ElementSize();
        if (count < 0) count = (length - offset) / size;
        if (offset < 0 || offset + (count * size) > length)
            throw new ArgumentOutOfRangeException(nameof(count), $"{count} elements of {size} bytes from byte {offset} exceed {length} bytes.");
        var pinned = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        try
        {
            delegate* unmanaged<nint, void> release = &Unpin;
            var start = pinned.AddrOfPinnedObject() + (nint)offset;
            return Native.sh_from_blob(start, [count], 1, (int)dtype, (nint)release, GCHandle.ToIntPtr(pinned)).requires_grad_(requires_grad);
        }
        catch
        {
            pinned.Free();
            throw;
        }
    }

    /// <summary>Copies elements into a new tensor; no dimensions make a tensor of one element without any.</summary>
    internal static Tensor FromElements<T>(
        ReadOnlySpan<T> elements, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requiresGrad)
        where T : unmanaged
    {
        var own = ElementTypes.Of<T>();
        var made = empty(dimensions, own);
        if (made.numel() != elements.Length)
        {
            made.Dispose();
            throw new ArgumentException($"{elements.Length} elements do not fill the shape [{string.Join(", ", dimensions.ToArray())}].");
        }

        MemoryMarshal.AsBytes(elements).CopyTo(made.bytes);
        if ((dtype is { } wanted && wanted != own) || device is { type: not DeviceType.CPU })
            made = made.to(dtype ?? own, device ?? CPU, disposeAfter: true);
        return requiresGrad ? made.requires_grad_() : made;
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint handle) => GCHandle.FromIntPtr(handle).Free();
}
