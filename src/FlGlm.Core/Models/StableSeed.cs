using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FlGlm.Core.Models;

/// <summary>Seeds that depend only on the run's seed and a name, not on the machine or on where the model is cut.</summary>
internal static class StableSeed
{
    /// <returns>a non-negative seed: the first 63 bits of SHA-256("seed/name")</returns>
    public static long Of(long seed, string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{name}"), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash) & long.MaxValue;
    }
}
