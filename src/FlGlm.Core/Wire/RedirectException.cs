using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>Another server of the run takes this client.</summary>
/// <param name="address">host:port</param>
internal sealed class RedirectException(string address) : FlGlmException($"Another server of this run takes this client: {address}.")
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Protocol;

    public string Address => address;
}
