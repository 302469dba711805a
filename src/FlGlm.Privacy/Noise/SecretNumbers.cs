using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FlGlm.Privacy.Noise;

/// <summary>Random whole numbers from AES-256 in counter mode: whoever does not have the key cannot tell them from true ones.</summary>
/// <param name="key">32 bytes</param>
internal sealed class SecretNumbers(byte[] key)
{
    private const int BlockSize = 16;
    private readonly byte[] _random = new byte[64 * BlockSize];
    private int _used = 64 * BlockSize;
    private long _block;

    /// <returns>0 up to, not including, <paramref name="bound"/>, each as likely as every other</returns>
    public int NextBelow(int bound)
    {
        var range = (ulong)bound;
        var excess = ((ulong.MaxValue % range) + 1) % range;
        while (true)
        {
            if (Next() is var number && number <= ulong.MaxValue - excess)
                return (int)(number % range);
        }
    }

    private ulong Next()
    {
        if (_used == _random.Length)
            Fill();
        _used += 8;
        return BinaryPrimitives.ReadUInt64LittleEndian(_random.AsSpan(_used - 8));
    }

    private void Fill()
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> counters = stackalloc byte[_random.Length];
        counters.Clear();
        for (var at = 0; at < counters.Length; at += BlockSize)
            BinaryPrimitives.WriteInt64BigEndian(counters[(at + 8)..], _block++);
        aes.EncryptEcb(counters, _random, PaddingMode.None);
        _used = 0;
    }
}
