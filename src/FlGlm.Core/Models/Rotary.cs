using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Rotary position embedding, half rotation: dimension i turns with i + D/2 (Hugging Face's Llama).</summary>
internal static class Rotary
{
    /// <summary>Angles in float32, then cast: cos and sin [.., T, D].</summary>
    /// <param name="positions">[.., T], of <see cref="Positions"/></param>
    /// <param name="theta">the base of the frequencies</param>
    /// <param name="scaling">how they are stretched; null = not</param>
    public static (Tensor Cos, Tensor Sin) Tables(Tensor positions, int headSize, double theta, ScalarType dtype, RopeScaling? scaling = null)
    {
        var angles = Angles(positions, headSize, theta, scaling);
        var both = cat([angles, angles], -1);
        return (both.cos().to(dtype), both.sin().to(dtype));
    }

    /// <summary>Where the tokens of a pass stand in their rows.</summary>
    /// <param name="first">the position of a row's first token</param>
    /// <returns>[T] where all rows are whole, [B, 1, T] where they go on from places of their own; float32</returns>
    public static Tensor Positions(SequenceLayout layout, int first, Device device)
    {
        var positions = TensorMath.Range(first, first + layout.Length, 1, device);
        if (layout.Past is null)
            return positions;
        float[] before = [.. layout.Past];
        return tensor(before, device: device).view(layout.Rows, 1, 1).Plus(positions);
    }

    /// <returns>[.., T, D / 2], float32: position times theta^(-2i/D), stretched</returns>
    internal static Tensor Angles(Tensor positions, int turning, double theta, RopeScaling? scaling = null)
    {
        var exponents = TensorMath.Range(0, turning, 2, positions.device).Over(turning);
        var inverse = tensor((float)theta, device: positions.device).pow(exponents).reciprocal();
        return positions.unsqueeze(-1) * (scaling?.Apply(inverse) ?? inverse);
    }

    /// <param name="x">[B, A, T, D]</param>
    /// <returns>[B, A, T, D]</returns>
    public static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var half = x.shape[3] / 2;
        var turned = cat([x.narrow(3, half, half).neg(), x.narrow(3, 0, half)], 3);
        return (x * cos).Plus(turned * sin);
    }
}
