using System.Buffers.Binary;
using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;

namespace FlGlm.Core.Crypto;

/// <summary>
/// AES-256-GCM for one direction of one key period. The nonce is the frame's sequence number, the direction and the piece's number,
/// and the whole header is the associated data, so a piece decrypts only at the position where it was sealed.
/// </summary>
internal sealed class FrameSealer : IFrameCipher
{
    public const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private readonly AesGcm _aes;
    private readonly FrameDirection _direction;

    /// <summary>Copies the key and erases <paramref name="key"/>.</summary>
    public FrameSealer(uint epoch, FrameDirection direction, byte[] key)
    {
        Epoch = epoch;
        _direction = direction;
        _aes = new AesGcm(key, IFrameCipher.TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    public uint Epoch { get; }

    public void Seal(ReadOnlySpan<byte> header, ulong sequence, uint number, ReadOnlySpan<byte> piece, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        WriteNonce(nonce, sequence, number);
        _aes.Encrypt(nonce, piece, destination[..piece.Length], destination[piece.Length..], header);
    }

    public void Open(ReadOnlySpan<byte> header, ulong sequence, uint number, ReadOnlySpan<byte> sealedPiece, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        WriteNonce(nonce, sequence, number);
        try
        {
            _aes.Decrypt(nonce, sealedPiece[..destination.Length], sealedPiece[destination.Length..], destination, header);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SealException(
                $"Frame {sequence} does not open under key period {Epoch}: it was changed on the way, or sealed with another key. The channel is closed.", e) { IsBroken = true };
        }
    }

    public void Dispose() => _aes.Dispose();

    private void WriteNonce(Span<byte> nonce, ulong sequence, uint number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(nonce[8..], ((uint)_direction << 31) | number);
    }
}
