using FlGlm.Core.Checkpoints;
using FlGlm.Core.Wire;

namespace FlGlm.Core.Tests.Wire;

/// <summary>Plain bytes as a payload: a vector of float16.</summary>
internal sealed class BytesPayload(byte[] bytes) : IPayload
{
    public PayloadSpec Spec { get; } = PayloadSpec.Of(ElementType.F16, bytes.Length / 2);

    /// <summary>An even number of bytes from a seed.</summary>
    public static byte[] Random(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public ReadOnlySpan<byte> Slice(long offset, int count) => bytes.AsSpan((int)offset, count);
}
