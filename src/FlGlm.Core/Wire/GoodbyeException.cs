using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>The peer ended the session with a Goodbye frame before the run was over. This is no defect: what has been trained so far is valid.</summary>
public sealed class GoodbyeException(Peer peer) : FlGlmException($"{peer} ended the session with a goodbye before the run was over.")
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Network;
}
