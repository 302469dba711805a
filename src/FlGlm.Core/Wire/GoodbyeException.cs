using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>The peer said goodbye before the run was over. Nothing is broken: what has been trained is worth keeping.</summary>
public sealed class GoodbyeException(Peer peer) : FlGlmException($"{peer} said goodbye before the run was over.")
{
    public override ExitCode ExitCode => ExitCode.Network;
}
