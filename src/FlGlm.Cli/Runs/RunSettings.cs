using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>A run's directory and its progress lines.</summary>
public sealed record RunSettings : IValidated
{
    /// <summary>The run directory; empty = <c>runs/COMMAND-TIMESTAMP</c>. Relative to the working directory.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Steps between two progress lines if the output is not a terminal.</summary>
    public int LogEvery { get; init; } = 10;

    public IEnumerable<Problem> Validate()
    {
        if (LogEvery < 1)
            yield return new Problem("log_every", $"{LogEvery} is out of range; 1 step or more.");
    }
}
