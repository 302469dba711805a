using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>Rotary positions on the first half of each head, neighbours 2i and 2i + 1 turning together; the second half passes through.</summary>
public static class ChatGlm2Rotary
{
    private const float Theta = 10000;

    /// <summary>Angles in float32, then cast: cos and sin [T, D / 2] for positions 0 .. T - 1.</summary>
    public static (Tensor Cos, Tensor Sin) Tables(int length, int headSize, ScalarType dtype, Device device)
    {
        var turning = headSize / 2;
        var exponents = arange(0, turning, 2, dtype: float32, device: device) / (float)turning;
        var inverse = tensor(Theta, device: device).pow(exponents).reciprocal();
        var angles = outer(arange(0, length, dtype: float32, device: device), inverse).repeat_interleave(2, dim: 1);
        return (angles.cos().to(dtype), angles.sin().to(dtype));
    }

    /// <param name="x">[B, A, T, D]</param>
    /// <returns>[B, A, T, D]</returns>
    public static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var half = x.shape[3] / 2;
        var first = x.narrow(3, 0, half);
        var pairs = first.reshape(x.shape[0], x.shape[1], x.shape[2], half / 2, 2);
        var turned = cat([pairs.narrow(4, 1, 1).neg(), pairs.narrow(4, 0, 1)], 4).view(x.shape[0], x.shape[1], x.shape[2], half);
        return cat([(first * cos) + (turned * sin), x.narrow(3, half, half)], 3);
    }
}
