using FlGlm.Core.Checkpoints;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>A tensor as a payload: the channel reads the bytes from the tensor's own memory.</summary>
/// <param name="tensor">contiguous, on the CPU; must not be disposed before it is sent</param>
/// <exception cref="ArgumentException">Frames have no such number type.</exception>
internal sealed class TensorPayload(Tensor tensor) : IPayload
{
    public PayloadSpec Spec { get; } = PayloadSpec.Of(ElementTypes.FromScalarType(tensor.dtype), tensor.shape);

    public ReadOnlySpan<byte> Slice(long offset, int count) => tensor.bytes.Slice((int)offset, count);
}
