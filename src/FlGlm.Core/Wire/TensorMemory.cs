using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>A tensor's own memory as .NET memory, for as long as the tensor lives.</summary>
/// <param name="tensor">contiguous, on the CPU</param>
internal sealed class TensorMemory(Tensor tensor) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => tensor.bytes;

    /// <summary>Native memory does not move.</summary>
    public override unsafe MemoryHandle Pin(int elementIndex = 0) =>
        new(Unsafe.Add<byte>(Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes)), elementIndex));

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
