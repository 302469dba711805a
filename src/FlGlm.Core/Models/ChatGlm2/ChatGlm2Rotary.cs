using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>Rotary positions on the first half of each head, neighbours 2i and 2i + 1 turning together; the second half passes through.</summary>
internal static class ChatGlm2Rotary
{
    /// <summary>Angles in float32, then cast: cos and sin [.., T, D / 2].</summary>
    /// <param name="positions">[.., T], of <see cref="Rotary.Positions"/></param>
    /// <param name="theta">the base of the frequencies</param>
    public static (Tensor Cos, Tensor Sin) Tables(Tensor positions, int headSize, double theta, ScalarType dtype)
    {
        var angles = Rotary.Angles(positions, headSize / 2, theta).repeat_interleave(2, dim: -1);
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
        return cat([(first * cos).Plus(turned * sin), x.narrow(3, half, half)], 3);
    }
}
