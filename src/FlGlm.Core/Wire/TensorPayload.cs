using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>A tensor as a payload: the channel takes the bytes from the tensor's own memory.</summary>
/// <param name="tensor">contiguous, on the CPU; stays alive until it is sent</param>
public sealed class TensorPayload(Tensor tensor) : IPayload
{
    public TensorForm Form { get; } = TensorForm.Of(ElementOf(tensor.dtype), tensor.shape);

    /// <exception cref="ArgumentException">No frame carries such numbers.</exception>
    public static ElementType ElementOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Float16 => ElementType.Float16,
        _ => throw new ArgumentException($"Frames carry no {dtype}.", nameof(dtype)),
    };

    /// <summary>The frame's tensor, on the CPU.</summary>
    public static Tensor Read(Frame frame)
    {
        var dtype = frame.Form.Element switch
        {
            ElementType.Float32 => ScalarType.Float32,
            ElementType.BFloat16 => ScalarType.BFloat16,
            _ => ScalarType.Float16,
        };
        var tensor = empty(frame.Form.Dims(), dtype: dtype);
        frame.Payload.CopyTo(tensor.bytes);
        return tensor;
    }

    public void CopyTo(long offset, Span<byte> destination) => tensor.bytes.Slice((int)offset, destination.Length).CopyTo(destination);
}
