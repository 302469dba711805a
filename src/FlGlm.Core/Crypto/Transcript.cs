using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>
/// Everything the two sides have said about keys, from the first Hello on, as a running SHA-256. Every signature covers all of it, so
/// nothing of it can be changed, left out, repeated, sent back, or taken from another session.
/// </summary>
internal sealed class Transcript : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds one movement: its name, then its fields, each with its length before it.</summary>
    public Transcript Add(string movement, params ReadOnlySpan<ByteString> fields)
    {
        AddField(Encoding.UTF8.GetBytes(movement));
        foreach (var field in fields)
            AddField(field.Span);
        return this;
    }

    /// <summary>What a signature at this point signs.</summary>
    public byte[] Hash() => _hash.GetCurrentHash();

    public void Dispose() => _hash.Dispose();

    private void AddField(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, field.Length);
        _hash.AppendData(length);
        _hash.AppendData(field);
    }
}
