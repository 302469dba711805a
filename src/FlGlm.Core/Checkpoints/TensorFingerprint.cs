using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FlGlm.Core.Checkpoints;

/// <summary>The hash by which two sides check that their models have the same tensors; <see cref="TensorHashes"/> is of their values.</summary>
internal static class TensorFingerprint
{
    /// <summary>Over the sorted names; every text is preceded by its length.</summary>
    public static string OfNames(IEnumerable<string> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names.Order(StringComparer.Ordinal))
            Append(hash, name);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
