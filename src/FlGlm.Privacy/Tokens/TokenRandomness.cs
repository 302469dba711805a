using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Tokens;

/// <summary>
/// Random numbers that repeat with their row: AES-256 in counter mode under a key that HKDF-SHA256 derives from the client's secret, epsilon and the
/// SHA-256 of the row's true tokens. The same row has the same numbers in every epoch and after a resume, any other has numbers of its own.
/// </summary>
internal sealed class TokenRandomness(NoiseSecret secret, double epsilon)
{
    private const int KeySize = 32;
    private const int BlockSize = 16;

    /// <param name="row">its true tokens</param>
    /// <returns>a number in (0, 1) for each position</returns>
    public double[] Of(ReadOnlySpan<long> row)
    {
        using var aes = Aes.Create();
        Span<byte> key = stackalloc byte[KeySize];
        Derive(row, key);
        aes.SetKey(key);
        key.Clear();
        var counters = new byte[row.Length * BlockSize];
        for (var position = 0; position < row.Length; position++)
            BinaryPrimitives.WriteInt32BigEndian(counters.AsSpan(((position + 1) * BlockSize) - 4), position);
        var random = MemoryMarshal.Cast<byte, ulong>(aes.EncryptEcb(counters, PaddingMode.None));
        var numbers = new double[row.Length];
        for (var position = 0; position < row.Length; position++)
            numbers[position] = ((random[2 * position] >> 12) + 0.5) / (1UL << 52);
        return numbers;
    }

    private void Derive(ReadOnlySpan<long> row, Span<byte> key)
    {
        var name = "flglm tokens 1"u8;
        Span<byte> info = stackalloc byte[name.Length + 8 + SHA256.HashSizeInBytes];
        name.CopyTo(info);
        BinaryPrimitives.WriteDoubleLittleEndian(info[name.Length..], epsilon);
        SHA256.HashData(MemoryMarshal.AsBytes(row), info[(name.Length + 8)..]);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes, key, salt: [], info);
    }
}
