using System.Buffers;
using System.Buffers.Binary;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>The first 68 bytes of every frame, little-endian (docs/wire.md). In a sealed frame they are the associated data.</summary>
/// <param name="Kind">What the frame is for.</param>
/// <param name="Direction">Who sends it.</param>
/// <param name="SessionId">All zero until the handshake has assigned one.</param>
/// <param name="Sequence">0, 1, 2, ... in each direction.</param>
/// <param name="Epoch">The key period; 0 = not sealed.</param>
/// <param name="Spec">Dtype and dims of the tensor part.</param>
/// <param name="ControlLength">Bytes of the protobuf part, without its tag.</param>
internal readonly record struct FrameHeader(
    FrameKind Kind, FrameDirection Direction, Guid SessionId, ulong Sequence, uint Epoch, PayloadSpec Spec, int ControlLength)
{
    public const int Size = 68;

    /// <summary>The protocol version of this program.</summary>
    public const ushort Version = 2;

    /// <summary>Bytes of the tensor part, without tags.</summary>
    public long PayloadLength => Spec.ByteLength;

    private static ReadOnlySpan<byte> Magic => "FLGM"u8;

    /// <summary>Writes the header's <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Version);
        destination[6] = (byte)Kind;
        destination[7] = (byte)Direction;
        SessionId.TryWriteBytes(destination[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], Epoch);
        destination[36] = Spec.ElementCode;
        destination[37] = (byte)Spec.Rank;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[38..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[40..], Spec.Dim0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[44..], Spec.Dim1);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[48..], Spec.Dim2);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[52..], Spec.Dim3);
        BinaryPrimitives.WriteInt64LittleEndian(destination[56..], PayloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[64..], ControlLength);
    }

    /// <summary>Reads one header from the front of the buffer, once all its bytes have arrived. Allocates nothing for the sizes it states.</summary>
    /// <exception cref="ProtocolException">It is no header of this protocol and version, is inconsistent, or exceeds a limit.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, WireSettings limits, out FrameHeader header)
    {
        header = default;
        if (buffer.Length < Size)
            return false;
        Span<byte> bytes = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(bytes);
        header = Read(bytes, limits);
        buffer = buffer.Slice(Size);
        return true;
    }

    private static FrameHeader Read(ReadOnlySpan<byte> bytes, WireSettings limits)
    {
        if (!bytes.StartsWith(Magic))
            throw new ProtocolException(FaultCode.NotThisProtocol, "These bytes are no FL-GLM frame; is this the right address and port?");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        if (version != Version)
        {
            throw new ProtocolException(FaultCode.VersionMismatch,
                $"The peer uses wire version {version}, this program version {Version}; update the older of the two.");
        }

        var kind = (FrameKind)bytes[6];
        var direction = (FrameDirection)bytes[7];
        if (!Enum.IsDefined(kind) || !Enum.IsDefined(direction) || BinaryPrimitives.ReadUInt16LittleEndian(bytes[38..]) != 0)
            throw Malformed($"kind {bytes[6]}, direction {bytes[7]}");

        var header = new FrameHeader(
            kind,
            direction,
            new Guid(bytes[8..24]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
            ReadSpec(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[64..]));
        header.Check(BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]), limits);
        return header;
    }

    private static PayloadSpec ReadSpec(ReadOnlySpan<byte> bytes)
    {
        var isKnown = PayloadSpec.TryGetElement(bytes[36], out var element);
        var spec = new PayloadSpec(
            element,
            bytes[37],
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[44..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[52..]));
        if (!isKnown || spec.Rank > PayloadSpec.MaxRank)
            throw Malformed($"element type {bytes[36]}, rank {bytes[37]}");
        if (spec.Element is null && spec.Rank != 0)
            throw Malformed($"rank {spec.Rank} without a tensor");
        for (var i = spec.Rank; i < PayloadSpec.MaxRank; i++)
        {
            if (spec[i] != 0)
                throw Malformed($"dim {i} set at rank {spec.Rank}");
        }
        return spec;
    }

    private void Check(long payloadLength, WireSettings limits)
    {
        if (Kind.BelongsToChannel() && Spec.Element is not null)
            throw Malformed($"a {Kind} frame with a tensor");
        if (ControlLength < 0 || ControlLength > limits.MaxControlBytes)
            throw TooLarge($"{(uint)ControlLength:N0} bytes of control", limits.MaxControlBytes, key: null);
        if (!Spec.TryGetByteLength(out var length) || length > limits.MaxFrameBytes)
            throw TooLarge($"{Spec}", limits.MaxFrameBytes, limits.FrameLimitKey);
        if (length != payloadLength)
            throw Malformed($"{Spec} in {payloadLength:N0} bytes");
    }

    private static ProtocolException Malformed(string what) =>
        new(FaultCode.Malformed, $"A frame's header is inconsistent: {what}.");

    private static ProtocolException TooLarge(string what, long limit, string? key) =>
        new(FaultCode.TooLarge, $"A frame announces {what}; the limit here is {limit:N0} bytes{(key is null ? "" : $" ({key})")}.");
}
