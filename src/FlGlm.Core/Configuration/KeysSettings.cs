namespace FlGlm.Core.Configuration;

/// <summary>This side's identity key and the peers that it accepts (<c>flglm keys</c> makes both files).</summary>
public sealed record KeysSettings : IValidated
{
    /// <summary>This side's identity key file. Relative to the working directory.</summary>
    public string Identity { get; init; } = "keys/identity.key";

    /// <summary>The list of known peers: a public identity line each.</summary>
    public string KnownPeers { get; init; } = "keys/known_peers";

    /// <summary>What to do with a peer that is not on the list.</summary>
    public PeerTrust Trust { get; init; } = PeerTrust.Pinned;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Identity.Length == 0)
            yield return new Problem("identity", "names no key file; `flglm keys` makes one.");
        if (KnownPeers.Length == 0)
            yield return new Problem("known_peers", "names no list; `flglm keys --trust FILE` makes one.");
    }
}
