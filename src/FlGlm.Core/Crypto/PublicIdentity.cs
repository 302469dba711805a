using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>The public half of an identity key, which a peer pins.</summary>
public sealed class PublicIdentity : IEquatable<PublicIdentity>
{
    private const string Algorithm = "flglm-rsa3072";
    private readonly byte[] _key;

    internal PublicIdentity(byte[] key) => _key = key;

    /// <summary>SHA-256 of the key (SubjectPublicKeyInfo), in hexadecimal; two people compare it, for example over the telephone.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_key));

    internal ByteString ToByteString() => ByteString.CopyFrom(_key);

    /// <summary>One line for a list of known peers: <c>flglm-rsa3072 BASE64 name</c>.</summary>
    public string ToLine(string name) => $"{Algorithm} {Convert.ToBase64String(_key)} {PeerName.Check(name)}";

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] PublicIdentity? other) => other is not null && _key.AsSpan().SequenceEqual(other._key);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicIdentity);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint.GetHashCode(StringComparison.Ordinal);

    /// <summary>Reads a line that <see cref="ToLine"/> wrote.</summary>
    /// <exception cref="SealException">It is no such line; the message does not name the file and line.</exception>
    public static KnownPeer Parse(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length != 3 || parts[0] != Algorithm)
            throw new SealException($"a line reads '{Algorithm} BASE64 name'");
        var bytes = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], bytes, out var length))
            throw new SealException("the key is not in Base64");
        return new KnownPeer(PeerName.Check(parts[2]), Import(bytes.AsSpan(0, length)));
    }

    /// <summary>A key as a peer presents it.</summary>
    /// <exception cref="SealException">It is no RSA-3072 key.</exception>
    internal static PublicIdentity Import(ReadOnlySpan<byte> key)
    {
        using var rsa = RsaKeyPair.ImportPublic(key);
        return new PublicIdentity(key.ToArray());
    }

    internal bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        using var rsa = RsaKeyPair.ImportPublic(_key);
        return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }
}
