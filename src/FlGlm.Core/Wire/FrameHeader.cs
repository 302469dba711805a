namespace FlGlm.Core.Wire;

/// <summary>What every frame begins with: a fixed 68 bytes, little-endian (docs/wire.md). Sealed, it is the associated data.</summary>
/// <param name="Kind">What the frame is for.</param>
/// <param name="Direction">Who sends it.</param>
/// <param name="SessionId">All zero until the handshake has given one.</param>
/// <param name="Sequence">0, 1, 2, ... in each direction.</param>
/// <param name="Epoch">The key period; 0 = not sealed.</param>
/// <param name="Form">Dtype and dims of the tensor part.</param>
/// <param name="ControlLength">Bytes of the protobuf part, without its tag.</param>
internal readonly record struct FrameHeader(
    FrameKind Kind, FrameDirection Direction, Guid SessionId, ulong Sequence, uint Epoch, TensorForm Form, uint ControlLength)
{
    public const int Size = 68;

    /// <summary>Bytes of the tensor part, without tags.</summary>
    public long PayloadLength => Form.ByteLength;
}
