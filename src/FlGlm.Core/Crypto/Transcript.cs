using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>
/// A running SHA-256 over all messages about keys, from the first Hello on. Every signature covers all of them, so no message can be
/// changed, left out, repeated, sent back to its sender, or taken from another session.
/// </summary>
internal sealed class Transcript : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds one message: its name, then its fields, each with its length before it.</summary>
    public Transcript Add(string message, params ReadOnlySpan<ByteString> fields)
    {
        AddField(Encoding.UTF8.GetBytes(message));
        foreach (var field in fields)
            AddField(field.Span);
        return this;
    }

    /// <summary>The value that a signature at this point signs.</summary>
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
