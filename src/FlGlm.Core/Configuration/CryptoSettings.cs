namespace FlGlm.Core.Configuration;

/// <summary>The sealed channel's key periods.</summary>
public sealed record CryptoSettings : IValidated
{
    /// <summary>Steps after which both sides make new RSA pairs and session keys (the paper's "certain number of rounds"); 0 = never.</summary>
    public int RekeyEvery { get; init; } = 100;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (RekeyEvery < 0)
            yield return new Problem("rekey_every", $"{RekeyEvery} is out of range; a number of steps, or 0 for never.");
    }
}
