using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FlGlm.Core.Checkpoints;

/// <summary>Hashes by which two sides check that they use the same model.</summary>
internal static class TensorFingerprint
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>Over the sorted names; every text is preceded by its length.</summary>
    public static string OfNames(IEnumerable<string> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names.Order(StringComparer.Ordinal))
            Append(hash, name);
        return Finish(hash);
    }

    /// <summary>Over name, type, shape and bytes of each tensor, sorted by name.</summary>
    public static string OfContent(IEnumerable<(ITensorFile File, TensorInfo Info)> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkBytes];
        foreach (var (file, info) in tensors.OrderBy(tensor => tensor.Info.Name, StringComparer.Ordinal))
        {
            Append(hash, info.Name);
            Append(hash, info.ElementType.FormatName());
            Append(hash, TensorInfo.Show(info.Shape));
            for (long at = 0; at < info.ByteLength; at += ChunkBytes)
            {
                var part = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, info.ByteLength - at));
                file.CopyBytes(info, at, part);
                hash.AppendData(part);
            }
        }

        return Finish(hash);
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private static string Finish(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
