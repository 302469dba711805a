using FlGlm.Core.Configuration;

namespace FlGlm.Core.Crypto;

/// <summary>What a side may be called: 1 to 64 letters, digits, dots, dashes and underscores.</summary>
internal static class PeerName
{
    private const int MaxLength = 64;

    /// <summary>The name itself, where it is one.</summary>
    /// <exception cref="SealException">Not such a name.</exception>
    public static string Check(string name)
    {
        if (name.Length is > 0 and <= MaxLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            return name;
        throw new SealException($"A name has 1 to {MaxLength} letters, digits, dots, dashes and underscores; this one does not.");
    }
}
