using System.Security.Cryptography;
using FlGlm.Core.Crypto;

namespace FlGlm.Core.Tests.Crypto;

/// <summary>Making keys is slow, so all tests share a few.</summary>
internal static class TestKeys
{
    private static readonly Lazy<byte[][]> Pairs = new(() => [.. Enumerable.Range(0, 2).Select(_ => MakePair())]);
    private static readonly Lazy<IdentityKey> AliceKey = new(IdentityKey.Create);
    private static readonly Lazy<IdentityKey> ServerKey = new(IdentityKey.Create);
    private static readonly Lazy<IdentityKey> MalloryKey = new(IdentityKey.Create);
    private static int _next;

    public static IdentityKey Alice => AliceKey.Value;

    public static IdentityKey Server => ServerKey.Value;

    public static IdentityKey Mallory => MalloryKey.Value;

    /// <summary>A pool that returns the same two pairs in turn; no test depends on new ones.</summary>
    public static RsaKeyPool Pool { get; } = new(1, () => RsaKeyPair.Import(Pairs.Value[Interlocked.Increment(ref _next) % 2]));

    /// <summary>A pair from <see cref="Pool"/>; counts the calls.</summary>
    public static RsaKeyPair Remake(ref int made)
    {
        Interlocked.Increment(ref made);
        return RsaKeyPair.Import(Pairs.Value[0]);
    }

    private static byte[] MakePair()
    {
        using var rsa = RSA.Create(RsaKeyPair.KeyBits);
        return rsa.ExportPkcs8PrivateKey();
    }
}
