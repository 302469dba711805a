using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Settings;

/// <summary>What is done to the gradient before it leaves, and to the one that has come home. The noise is Gaussian.</summary>
public sealed record GradientDefenceSettings : IValidated
{
    /// <summary>L2 norm that a row (all its real tokens together) is clipped to; 0 = not clipped.</summary>
    public double Clip { get; init; }

    /// <summary>
    /// Standard deviation of the noise on every number, in units of <see cref="Clip"/>; 0 = none. With noise a row's loss is the mean over its own targets
    /// divided by the rows of the step.
    /// </summary>
    public double Noise { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() => HiddenDefenceSettings.Problems(Clip, Noise);
}
