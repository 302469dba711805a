using FlGlm.Core.Configuration;
using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Settings;

/// <summary>What is done to hidden states before they leave.</summary>
public sealed record HiddenDefenceSettings : IValidated
{
    /// <summary>Norm that a row (all its real tokens together) is clipped to inside the head's graph, in L2 or for Laplace noise in L1; 0 = not clipped.</summary>
    public double Clip { get; init; }

    /// <summary>Standard deviation (Gaussian) or scale (Laplace) of the noise on every number, in units of <see cref="Clip"/>; 0 = none.</summary>
    public double Noise { get; init; }

    /// <summary>The noise's distribution.</summary>
    public NoiseDistribution Distribution { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() => Problems(Clip, Noise);

    internal static IEnumerable<Problem> Problems(double clip, double noise)
    {
        if (!(clip >= 0 && double.IsFinite(clip)))
            yield return new Problem("clip", $"{clip} is no norm; 0 or more.");
        if (!(noise >= 0 && double.IsFinite(noise)))
            yield return new Problem("noise", $"{noise} is no amount of noise; 0 or more.");
        if (noise > 0 && clip == 0)
            yield return new Problem("clip", "noise is in units of the clip, which is 0; set the norm that rows are clipped to.");
    }
}
