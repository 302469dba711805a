using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>A disturbed run is not identical to the undisturbed one, or a run has not ended well.</summary>
internal sealed class ChaosException(string message) : FlGlmException(message)
{
    public override ExitCode ExitCode => ExitCode.Different;
}
