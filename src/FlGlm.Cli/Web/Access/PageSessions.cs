using System.Security.Cryptography;
using System.Text;

namespace FlGlm.Cli.Web.Access;

/// <summary>The browsers that have shown the token: each has a random value in its cookie, of which the hash is kept here.</summary>
internal sealed class PageSessions
{
    /// <summary>Browsers at the same time; the oldest has to show the token again.</summary>
    public const int Capacity = 64;

    private readonly Lock _gate = new();
    private readonly List<string> _hashes = [];

    /// <summary>A new value for a cookie.</summary>
    public string Add()
    {
        var value = WebToken.Random();
        lock (_gate)
        {
            if (_hashes.Count == Capacity)
                _hashes.RemoveAt(0);
            _hashes.Add(Hash(value));
        }

        return value;
    }

    /// <summary>Whether a value is one of these. Hashes are compared, so that the time says nothing about the values.</summary>
    public bool Contains(string? value)
    {
        if (value is null)
            return false;
        var hash = Hash(value);
        lock (_gate)
            return _hashes.Contains(hash);
    }

    private static string Hash(string value) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
