using FlGlm.Core.Configuration;

namespace FlGlm.Core.Crypto;

/// <summary>The valid names of a side: 1 to 64 letters, digits, dots, dashes and underscores.</summary>
internal static class PeerName
{
    /// <summary>The rule in words, for messages.</summary>
    public const string Rule = "1 to 64 letters, digits, dots, dashes and underscores";

    private const int MaxLength = 64;

    /// <summary>Whether this is such a name.</summary>
    public static bool Fits(string name) =>
        name.Length is > 0 and <= MaxLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>Returns the name if it is valid.</summary>
    /// <exception cref="SealException">The name is not valid.</exception>
    internal static string Check(string name) =>
        Fits(name) ? name : throw new SealException($"A name has {Rule}; this one does not.");
}
