namespace FlGlm.Core.Wire;

/// <summary>Seals and opens the pieces of frames under one key. Piece 0 is the control part, 1, 2, ... the payload's segments.</summary>
internal interface IFrameCipher : IDisposable
{
    const int TagBytes = 16;

    /// <summary>The key period this key belongs to; at least 1.</summary>
    uint Epoch { get; }

    /// <summary>Encrypts one piece; <paramref name="destination"/> is as long as the piece and its tag, and may begin where the piece does.</summary>
    void Seal(ReadOnlySpan<byte> header, ulong sequence, uint number, ReadOnlySpan<byte> piece, Span<byte> destination);

    /// <summary>Decrypts one piece and its tag; <paramref name="destination"/> is as long as the piece.</summary>
    /// <exception cref="Configuration.SealException">Not what the peer sealed.</exception>
    void Open(ReadOnlySpan<byte> header, ulong sequence, uint number, ReadOnlySpan<byte> sealedPiece, Span<byte> destination);
}
