namespace FlGlm.Core.Configuration;

/// <summary>A loss or a gradient is NaN or infinite. The step is not taken, so the values of the step before are valid.</summary>
/// <param name="what">a sentence</param>
public sealed class NotFiniteException(string what) : FlGlmException($"{what} {Advice}")
{
    /// <summary>The advice for every message about a number that is not finite.</summary>
    public const string Advice = "If training has diverged, a lower optimizer.learning_rate helps; if not, look at the adapter and at compute.dtype.";

    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.NotFinite;
}
