using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>What a run leaves behind and how often it speaks.</summary>
public sealed record RunSettings : IValidated
{
    /// <summary>The run directory; empty = <c>runs/COMMAND-TIMESTAMP</c>. Relative to the working directory.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Steps between two progress lines where no terminal shows them live.</summary>
    public int LogEvery { get; init; } = 10;

    public IEnumerable<Problem> Validate()
    {
        if (LogEvery < 1)
            yield return new Problem("log_every", $"{LogEvery} is out of range; 1 step or more.");
    }
}
