namespace FlGlm.Core.Wire;

/// <summary>Encrypts and decrypts the pieces of frames with one key. Piece 0 is the control part, 1, 2, ... the payload's segments.</summary>
internal interface IFrameCipher : IDisposable
{
    const int TagBytes = 16;

    /// <summary>The key period this key belongs to; at least 1.</summary>
    uint Epoch { get; }

    /// <summary>Encrypts one piece; <paramref name="destination"/> holds the piece and its tag, and may start where the piece starts.</summary>
    void Seal(ReadOnlySpan<byte> header, ulong sequence, uint number, ReadOnlySpan<byte> piece, Span<byte> destination);

    /// <summary>Decrypts one piece and its tag; <paramref name="destination"/> is as long as the piece.</summary>
    /// <exception cref="Configuration.SealException">The bytes are not what the peer sealed.</exception>
    void Open(ReadOnlySpan<byte> header, ulong sequence, uint number, ReadOnlySpan<byte> sealedPiece, Span<byte> destination);
}
