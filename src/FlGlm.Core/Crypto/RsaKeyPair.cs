using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>One side's RSA-3072 pair of one key period. The peer wraps that period's AES key with it; afterwards it is disposed.</summary>
internal sealed class RsaKeyPair : IDisposable
{
    public const int KeyBits = 3072;

    /// <summary>An RSA-3072 public key takes 422 bytes; longer input is refused before it is parsed.</summary>
    private const int MaxPublicKeyBytes = 512;

    private readonly RSA _rsa;

    private RsaKeyPair(RSA rsa)
    {
        _rsa = rsa;
        PublicKey = rsa.ExportSubjectPublicKeyInfo();
    }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>A new pair. Takes a tenth of a second to a second.</summary>
    public static RsaKeyPair Create() => new(RSA.Create(KeyBits));

    /// <summary>A pair from its private key (PKCS#8).</summary>
    public static RsaKeyPair Import(ReadOnlySpan<byte> pkcs8)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return new RsaKeyPair(rsa);
    }

    /// <summary>A peer's public key, if it is RSA-3072.</summary>
    /// <exception cref="SealException">It is not.</exception>
    public static RSA ImportPublic(ReadOnlySpan<byte> publicKey)
    {
        var rsa = RSA.Create();
        try
        {
            if (publicKey.Length <= MaxPublicKeyBytes)
            {
                rsa.ImportSubjectPublicKeyInfo(publicKey, out var read);
                if (read == publicKey.Length && rsa.KeySize == KeyBits)
                    return rsa;
            }
        }
        catch (CryptographicException)
        {
            // Reported by the exception below.
        }
        rsa.Dispose();
        throw new SealException($"The peer's public key is no RSA-{KeyBits} key.") { IsBroken = true };
    }

    /// <summary>A key for the holder of the other half only (RSA-OAEP, SHA-256).</summary>
    /// <exception cref="SealException">The public key is none, or degenerate.</exception>
    public static ByteString Wrap(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> key)
    {
        using var rsa = ImportPublic(publicKey);
        try
        {
            return ByteString.CopyFrom(rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256));
        }
        catch (CryptographicException e)
        {
            throw new SealException("The peer's public key for this period wraps nothing: it is no product of two primes.", e);
        }
    }

    /// <summary>The key that the peer wrapped for this pair.</summary>
    /// <exception cref="SealException">It was not wrapped for this pair, or is no AES-256 key.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped)
    {
        try
        {
            var key = _rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
            if (key.Length == FrameSealer.KeyBytes)
                return key;
        }
        catch (CryptographicException)
        {
            // Reported by the exception below.
        }
        throw new SealException("The peer's key for this period was not wrapped for this side.");
    }

    public void Dispose() => _rsa.Dispose();
}
