using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FlGlm.Privacy.Noise;

/// <summary>
/// Noise that repeats with its release: AES-256 in counter mode under a key that HKDF-SHA256 derives from the secret, the release's label, the
/// noise's distribution and scale, and the SHA-256 of the values that it is added to. Other values, or another scale, get noise that is independent.
/// </summary>
/// <remarks>
/// Samples are computed in double from 64 random bits each, so that their tails end at 9.4 standard deviations (Gaussian, by Box and Muller) or 45
/// scales (Laplace): a sample beyond has a probability of 2^-64. They are float32 then, as is the sum; that the lowest bits of such a sum may
/// tell more than the mathematics says (Mironov 2012) is not guarded against.
/// </remarks>
internal sealed class NoiseSource(NoiseSecret secret)
{
    private const int KeySize = 32;
    private const int BlockSize = 16;
    private const int BlocksAtOnce = 512;

    /// <summary>2^-64, the step of a random number of 64 bits.</summary>
    private const double Step = 1.0 / (1UL << 32) / (1UL << 32);

    /// <summary>0 is never drawn.</summary>
    private const double HalfStep = Step / 2;

    private const double AngleStep = 1.0 / (1UL << 53);

    /// <summary>Fills with the noise of one row.</summary>
    /// <param name="values">the row's clipped values</param>
    /// <param name="scale">standard deviation (Gaussian) or scale (Laplace)</param>
    /// <param name="noise">as many as values</param>
    /// <returns>a name of the release: the same only for a release with the same noise</returns>
    public UInt128 Fill(NoiseLabel label, ReadOnlySpan<float> values, NoiseDistribution distribution, double scale, Span<float> noise)
    {
        using var aes = Aes.Create();
        Span<byte> derived = stackalloc byte[KeySize + BlockSize];
        Derive(label, values, distribution, scale, derived);
        aes.SetKey(derived[..KeySize]);
        var name = BinaryPrimitives.ReadUInt128LittleEndian(derived[KeySize..]);
        Span<byte> counters = stackalloc byte[BlocksAtOnce * BlockSize];
        Span<byte> random = stackalloc byte[BlocksAtOnce * BlockSize];
        counters.Clear();
        for (var done = 0; done < noise.Length; done += 2 * BlocksAtOnce)
        {
            var part = noise[done..Math.Min(noise.Length, done + (2 * BlocksAtOnce))];
            var size = (part.Length + 1) / 2 * BlockSize;
            for (var block = 0; block < size / BlockSize; block++)
                BinaryPrimitives.WriteInt64BigEndian(counters[((block * BlockSize) + 8)..], (done / 2) + block);
            aes.EncryptEcb(counters[..size], random[..size], PaddingMode.None);
            var numbers = MemoryMarshal.Cast<byte, ulong>(random[..size]);
            if (distribution == NoiseDistribution.Gaussian)
                Gaussian(numbers, scale, part);
            else
                Laplace(numbers, scale, part);
        }

        derived.Clear();
        return name;
    }

    /// <summary>64 bits for the order of the data.</summary>
    public long OrderSeed()
    {
        Span<byte> seed = stackalloc byte[8];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes, seed, salt: [], info: "flglm order 1"u8);
        return BinaryPrimitives.ReadInt64LittleEndian(seed);
    }

    /// <summary>The random numbers of one step's sample.</summary>
    /// <param name="step">counted from 1</param>
    /// <param name="rows">to draw from</param>
    /// <param name="rowsPerStep">that are drawn</param>
    public SecretNumbers Sample(long step, int rows, int rowsPerStep)
    {
        var name = "flglm sample 1"u8;
        Span<byte> info = stackalloc byte[name.Length + 16];
        name.CopyTo(info);
        BinaryPrimitives.WriteInt64LittleEndian(info[name.Length..], step);
        BinaryPrimitives.WriteInt32LittleEndian(info[(name.Length + 8)..], rows);
        BinaryPrimitives.WriteInt32LittleEndian(info[(name.Length + 12)..], rowsPerStep);
        var key = new byte[KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes, key, salt: [], info);
        return new SecretNumbers(key);
    }

    private void Derive(NoiseLabel label, ReadOnlySpan<float> values, NoiseDistribution distribution, double scale, Span<byte> derived)
    {
        var name = "flglm noise 1"u8;
        Span<byte> info = stackalloc byte[name.Length + 3 + 8 + 4 + 8 + 4 + SHA256.HashSizeInBytes];
        name.CopyTo(info);
        var rest = info[name.Length..];
        (rest[0], rest[1], rest[2]) = ((byte)label.Purpose, (byte)label.Channel, (byte)distribution);
        BinaryPrimitives.WriteInt64LittleEndian(rest[3..], label.Step);
        BinaryPrimitives.WriteInt32LittleEndian(rest[11..], label.Row);
        BinaryPrimitives.WriteDoubleLittleEndian(rest[15..], scale);
        BinaryPrimitives.WriteInt32LittleEndian(rest[23..], values.Length);
        SHA256.HashData(MemoryMarshal.AsBytes(values), rest[27..]);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes, derived, salt: [], info);
    }

    /// <summary>Two samples from two numbers: a radius and an angle.</summary>
    private static void Gaussian(ReadOnlySpan<ulong> numbers, double deviation, Span<float> noise)
    {
        for (var at = 0; at < noise.Length; at += 2)
        {
            var radius = deviation * Math.Sqrt(-2 * Math.Log(Positive(numbers[at])));
            var (sin, cos) = Math.SinCos(Math.Tau * (numbers[at + 1] >> 11) * AngleStep);
            noise[at] = (float)(radius * cos);
            if (at + 1 < noise.Length)
                noise[at + 1] = (float)(radius * sin);
        }
    }

    /// <summary>The lowest bit is the sign, the others are the size.</summary>
    private static void Laplace(ReadOnlySpan<ulong> numbers, double scale, Span<float> noise)
    {
        for (var at = 0; at < noise.Length; at++)
            noise[at] = (float)((numbers[at] & 1) == 0 ? -scale * Math.Log(Positive(numbers[at] & ~1UL)) : scale * Math.Log(Positive(numbers[at] & ~1UL)));
    }

    /// <summary>Uniform in (0, 1].</summary>
    private static double Positive(ulong number) => (number * Step) + HalfStep;
}
