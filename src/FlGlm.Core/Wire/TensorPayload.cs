using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>A tensor as a payload: the channel reads the bytes from the tensor's own memory.</summary>
/// <param name="tensor">contiguous, on the CPU; must not be disposed before it is sent</param>
public sealed class TensorPayload(Tensor tensor) : IPayload
{
    public PayloadSpec Spec { get; } = PayloadSpec.Of(ElementOf(tensor.dtype), tensor.shape);

    /// <exception cref="ArgumentException">Frames have no such number type.</exception>
    public static ElementType ElementOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Float16 => ElementType.Float16,
        _ => throw new ArgumentException($"Frames carry no {dtype}.", nameof(dtype)),
    };

    /// <summary>The libtorch dtype of a frame's numbers.</summary>
    public static ScalarType DtypeOf(ElementType element) => element switch
    {
        ElementType.Float32 => ScalarType.Float32,
        ElementType.BFloat16 => ScalarType.BFloat16,
        _ => ScalarType.Float16,
    };

    public ReadOnlySpan<byte> Slice(long offset, int count) => tensor.bytes.Slice((int)offset, count);
}
