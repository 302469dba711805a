using System.Security.Cryptography;
using FlGlm.Core.Crypto;

namespace FlGlm.Client.Tests.Training;

/// <summary>Keys for the sides of all runs: making one takes longer than most tests.</summary>
internal static class TestKeys
{
    private static readonly Lazy<IdentityKey>[] Identities = [.. Enumerable.Range(0, 4).Select(_ => new Lazy<IdentityKey>(IdentityKey.Create))];

    /// <summary>Pairs of servers. They are none of the clients' pairs.</summary>
    public static RsaKeyPool OfServers { get; } = Pool();

    public static RsaKeyPool OfClients { get; } = Pool();

    public static IdentityKey Identity(int number) => Identities[number].Value;

    /// <summary>A pool that returns the same two pairs in turn, so that every key period has another pair than the one before.</summary>
    private static RsaKeyPool Pool()
    {
        var pairs = new Lazy<byte[][]>(() => [MakePair(), MakePair()]);
        var next = 0;
        return new RsaKeyPool(1, () => RsaKeyPair.Import(pairs.Value[next++ % 2]));
    }

    private static byte[] MakePair()
    {
        using var rsa = RSA.Create(RsaKeyPair.KeyBits);
        return rsa.ExportPkcs8PrivateKey();
    }
}
