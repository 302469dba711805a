namespace FlGlm.Core.Configuration;

/// <summary>The peer cannot be reached or closed the connection without a Goodbye, or the port is taken.</summary>
public sealed class NetworkException(string message, Exception? inner = null) : FlGlmException(message, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Network;
}
