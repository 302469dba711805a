using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>A run's directory and its progress lines.</summary>
public sealed record RunSettings : IValidated
{
    /// <summary>The run directory; empty = <c>runs/COMMAND-TIMESTAMP</c>. Relative to the working directory.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Steps between two progress lines if the output is not a terminal.</summary>
    public int LogEvery { get; init; } = 10;

    /// <summary>Write files for TensorBoard into <c>tensorboard/</c> in the run directory of a client or of <c>flglm train</c>.</summary>
    public bool Tensorboard { get; init; } = true;

    /// <summary>Steps between two histograms of the norms of what head and tail train, in these files; 0 = none.</summary>
    public int NormsEvery { get; init; } = 100;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (NormsEvery < 0)
            yield return new Problem("norms_every", $"{NormsEvery} is out of range; a number of steps, or 0 for none.");
        if (LogEvery < 1)
            yield return new Problem("log_every", $"{LogEvery} is out of range; 1 step or more.");
    }
}
