using FlGlm.Core.Configuration;

namespace FlGlm.Cli.LocalRuns;

/// <summary>A run of processes on this machine has not ended well, or not as it should have.</summary>
internal sealed class LocalRunException(string message) : FlGlmException(message)
{
    public override ExitCode ExitCode => ExitCode.Different;
}
