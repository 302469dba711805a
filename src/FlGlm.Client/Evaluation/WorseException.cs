using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>An evaluation is worse than its baseline.</summary>
public sealed class WorseException(string message) : FlGlmException(message)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Worse;
}
