using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Masks to add to attention scores: 0 = visible, -inf = hidden.</summary>
internal static class CausalMask
{
    /// <summary>Every token sees itself and what stands before it.</summary>
    /// <returns>[T, T], float32</returns>
    public static Tensor Of(int length, Device device) =>
        full([length, length], float.NegativeInfinity, dtype: float32, device: device).triu(1);

    /// <summary>Puts L columns in front that every token sees.</summary>
    /// <param name="mask">[..., T, T]</param>
    /// <returns>[..., T, L + T]</returns>
    public static Tensor BehindPrefix(Tensor mask, int prefixLength)
    {
        long[] shape = [.. mask.shape[..^1], prefixLength];
        return cat([zeros(shape, dtype: float32, device: mask.device), mask], -1);
    }
}
