using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using FlGlm.Core.Wire;

namespace FlGlm.Testing;

/// <summary>An attacker on the connection: sees every frame of both directions (cut by docs/wire.md) and may drop, change or add frames.</summary>
internal sealed class Relay
{
    private const int HeaderBytes = 68;
    private const int TagBytes = 16;
    private const int SegmentBytes = 65_536;
    private readonly Func<FrameDirection, byte[], IEnumerable<byte[]>> _meddle;
    private readonly PipeWriter _toClient;

    public Relay(Func<FrameDirection, byte[], IEnumerable<byte[]>>? meddle = null)
    {
        _meddle = meddle ?? ((_, frame) => [frame]);
        var (near, far) = (InMemoryPair.Create(), InMemoryPair.Create());
        (Client, Server) = (near.Client, far.Server);
        _toClient = near.Server.Output;
        _ = PumpAsync(FrameDirection.ClientToServer, near.Server.Input, far.Client.Output);
        _ = PumpAsync(FrameDirection.ServerToClient, far.Client.Input, near.Server.Output);
    }

    public IDuplexPipe Client { get; }

    public IDuplexPipe Server { get; }

    /// <summary>Every received frame, unchanged, in the order of arrival.</summary>
    public List<(FrameDirection Direction, byte[] Bytes)> Seen { get; } = [];

    public static FrameKind KindOf(byte[] frame) => (FrameKind)frame[6];

    /// <summary>Sends the client a frame that the server did not send.</summary>
    public async Task ForgeAsync(byte[] frame) => await _toClient.WriteAsync(frame);

    public byte[] Capture()
    {
        lock (Seen)
            return Seen.SelectMany(frame => frame.Bytes).ToArray();
    }

    private async Task PumpAsync(FrameDirection direction, PipeReader from, PipeWriter to)
    {
        while (await ReadFrameAsync(from) is { } frame)
        {
            lock (Seen)
                Seen.Add((direction, frame));
            foreach (var passed in _meddle(direction, frame))
            {
                if (passed.Length == 0)
                    await to.CompleteAsync();
                else
                    await to.WriteAsync(passed);
            }
        }
        await to.CompleteAsync();
    }

    private static async Task<byte[]?> ReadFrameAsync(PipeReader from)
    {
        var head = await from.ReadAtLeastAsync(HeaderBytes);
        if (head.Buffer.Length < HeaderBytes)
            return null;
        var length = LengthOf(head.Buffer.Slice(0, HeaderBytes).ToArray());
        from.AdvanceTo(head.Buffer.Start);
        var frame = new byte[length];
        for (var filled = 0; filled < length;)
        {
            var read = await from.ReadAsync();
            if (read.Buffer.IsEmpty)
                return null;
            var part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, length - filled));
            part.CopyTo(frame.AsSpan(filled));
            filled += (int)part.Length;
            from.AdvanceTo(part.End);
        }
        return frame;
    }

    private static int LengthOf(byte[] header)
    {
        var tag = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(32)) == 0 ? 0 : TagBytes;
        var payload = (int)BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(56));
        var control = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(64));
        var segments = (payload + SegmentBytes - 1) / SegmentBytes;
        return HeaderBytes + control + tag + payload + (segments * tag);
    }
}
