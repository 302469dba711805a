namespace FlGlm.Core.Configuration;

/// <summary>The two sides disagree: version, plan, or a frame that breaks the protocol. The channel is closed afterwards.</summary>
public sealed class ProtocolException(FaultCode code, string message, Exception? inner = null) : FlGlmException(message, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => Code == FaultCode.NotFinite ? ExitCode.NotFinite : ExitCode.Protocol;

    /// <summary>The kind of fault, as in the Fault frame.</summary>
    public FaultCode Code { get; } = code;

    /// <summary>True where the peer found the fault and sent a Fault frame; false where this side found it.</summary>
    public bool FromPeer { get; init; }

    /// <summary>A frame that the peer could not read: the connection is over, and a new one may be made.</summary>
    public bool IsBroken { get; init; }

    /// <summary>The server holds another connection of this client for alive: it may be one that is lost, so a new one may be made.</summary>
    internal bool IsBusy => FromPeer && Code == FaultCode.Busy;
}
