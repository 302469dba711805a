using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Noise;

/// <summary>Clips each row of a batch to a norm over all its real tokens; what stands on padding becomes 0. Gradients go through it.</summary>
internal static class RowClip
{
    /// <summary>Float32 rounds the clipped values, so they are clipped to a little less.</summary>
    private const double BelowLimit = 1 - 1e-6;

    /// <param name="rows">[B, T, H] in float32</param>
    /// <param name="clip">more than 0</param>
    /// <returns>[B, T, H] in float32, inside the caller's dispose scope</returns>
    public static Tensor Apply(Tensor rows, SequenceLayout layout, double clip, NoiseDistribution distribution)
    {
        using var limit = tensor(clip * BelowLimit, dtype: float64, device: rows.device);
        var real = layout.IsPadded ? rows.mul(RealTokens(layout, rows.device)) : rows;
        var flat = real.flatten(1);
        var norms = distribution == NoiseDistribution.Gaussian
            ? flat.mul(flat).sum([1], keepdim: true, type: float64).maximum(limit.mul(limit)).sqrt()
            : flat.abs().sum([1], keepdim: true, type: float64).maximum(limit);
        return real.mul(limit.div(norms).to(float32).unsqueeze(2));
    }

    /// <returns>[B, T, 1] 1 at real tokens, 0 on padding</returns>
    private static Tensor RealTokens(SequenceLayout layout, Device device)
    {
        var marks = new float[layout.Rows * layout.Length];
        foreach (var place in layout.RealTokens)
            marks[place] = 1;
        return tensor(marks, device: device).view(layout.Rows, layout.Length, 1);
    }
}
