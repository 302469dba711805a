namespace FlGlm.Core.Wire;

/// <summary>The other end of a connection.</summary>
/// <param name="Name">The name on the list of known peers; in insecure mode the name the peer claims.</param>
/// <param name="Fingerprint">Of the identity key that signed the handshake; null in insecure mode.</param>
/// <param name="Address">Its address, for messages.</param>
public sealed record Peer(string Name, string? Fingerprint, string Address)
{
    /// <inheritdoc/>
    public override string ToString() => Name.Length == 0 ? Address : $"'{Name}' ({Address})";
}
