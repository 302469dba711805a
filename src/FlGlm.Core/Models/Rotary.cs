using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Rotary position embedding, half rotation: dimension i turns with i + D/2 (Hugging Face's Llama).</summary>
public static class Rotary
{
    /// <summary>Angles in float32, then cast: cos and sin [T, D] for positions first .. first + T - 1.</summary>
    public static (Tensor Cos, Tensor Sin) Tables(int first, int length, int headSize, double theta, ScalarType dtype, Device device)
    {
        var exponents = arange(0, headSize, 2, dtype: float32, device: device) / (float)headSize;
        var inverse = tensor((float)theta, device: device).pow(exponents).reciprocal();
        var positions = arange(first, first + length, dtype: float32, device: device);
        var angles = outer(positions, inverse);
        var both = cat([angles, angles], -1);
        return (both.cos().to(dtype), both.sin().to(dtype));
    }

    /// <param name="x">[B, A, T, D]</param>
    /// <returns>[B, A, T, D]</returns>
    public static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var half = x.shape[3] / 2;
        var turned = cat([x.narrow(3, half, half).neg(), x.narrow(3, 0, half)], 3);
        return (x * cos) + (turned * sin);
    }
}
