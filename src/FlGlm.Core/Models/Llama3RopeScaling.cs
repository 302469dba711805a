using System.Globalization;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>
/// Llama-3.1's: frequencies whose wave is longer than the old context divided by <paramref name="LowFrequencyFactor"/> are divided by the
/// factor, those shorter than it divided by <paramref name="HighFrequencyFactor"/> stay, and those between are blended (transformers'
/// <c>_compute_llama3_parameters</c>).
/// </summary>
/// <param name="Factor">The divisor of the low frequencies.</param>
/// <param name="LowFrequencyFactor"><c>low_freq_factor</c></param>
/// <param name="HighFrequencyFactor"><c>high_freq_factor</c>, more than the other</param>
/// <param name="OriginalPositions"><c>original_max_position_embeddings</c>, the old context</param>
internal sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalPositions) : RopeScaling(Factor)
{
    internal static Llama3RopeScaling Create(JsonFields rope, double factor, double low, double high, int original) => high > low
        ? new Llama3RopeScaling(factor, low, high, original)
        : throw rope.Wrong("high_freq_factor", $"{high} is not more than low_freq_factor {low}");

    internal override Tensor Apply(Tensor inverse)
    {
        var (low, high) = ((float)LowFrequencyFactor, (float)HighFrequencyFactor);
        var wave = inverse.reciprocal().Times((float)(2 * Math.PI));
        var slow = inverse.Over((float)Factor);
        var kept = wave.reciprocal().Times(OriginalPositions).Minus(low).Over(high - low);
        var blended = (kept.negative().Plus(1) * slow).Plus(kept * inverse);
        var stretched = where(wave.IsMoreThan(OriginalPositions / low), slow, inverse);
        return where(wave.IsAtLeast(OriginalPositions / high).logical_and(wave.IsAtMost(OriginalPositions / low)), blended, stretched);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"llama3({Factor:R},{LowFrequencyFactor:R},{HighFrequencyFactor:R},{OriginalPositions})");
}
