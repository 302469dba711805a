using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Settings;

/// <summary>
/// What is done to the gradient of all that head and tail train, before they step with it (DP-SGD). With a clip the rows of a step are computed one by
/// one, and a row's loss is the mean over its own targets divided by the rows of the step. The noise is Gaussian.
/// </summary>
public sealed record AdapterDefenceSettings : IValidated
{
    /// <summary>L2 norm that each row's gradient is clipped to, over all parameters of head and tail together; 0 = not clipped.</summary>
    public double Clip { get; init; }

    /// <summary>Standard deviation of the noise on every number of the sum of a step's clipped rows, in units of <see cref="Clip"/>; 0 = none.</summary>
    public double Noise { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() => HiddenDefenceSettings.Problems(Clip, Noise);
}
