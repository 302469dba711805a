namespace FlGlm.Core.Configuration;

/// <summary>An identity or key that is refused, or a frame that does not decrypt with this period's key.</summary>
public sealed class SealException(string message, Exception? inner = null) : FlGlmException(message, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Seal;

    /// <summary>Whether an identity key is not on the other's list: the two sides may not be the ones that were meant to meet.</summary>
    public bool IsUnknownIdentity { get; init; }

    /// <summary>Whether bytes may have been changed on the way, so that another connection may succeed.</summary>
    public bool IsBroken { get; init; }
}
