using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Tests.Wire;

/// <summary>Mutated streams of frames: 10,000 here, as many as FLGLM_FUZZ says elsewhere.</summary>
public sealed class FrameFuzzTests
{
    private const int FrameLimit = 1 << 16;

    /// <summary>The allowed growth of memory in use. In a million mutations, a leak of every fifth accepted payload would exceed it.</summary>
    private const long Resident = 1L << 29;

    /// <summary>The allowed growth of address space, for threads of other tests. Allocating a huge announced payload would exceed it.</summary>
    private static readonly long AddressSpace = Environment.ProcessorCount * (1L << 29);

    private static readonly WireSettings Limits = new() { MaxFrameBytes = FrameLimit, MaxControlBytes = 1 << 14 };

    private static readonly int Mutations =
        int.TryParse(Environment.GetEnvironmentVariable("FLGLM_FUZZ"), out var count) ? count : 10_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mutated_frames_neither_crash_nor_hang_nor_cost_memory(bool seal)
    {
        var (stream, starts) = await WriteFramesAsync(seal);
        var original = await ReadFramesAsync(stream, seal);
        Assert.Equal(starts.Length, original.Count);
        var random = new Random(20);
        var refused = 0;
        var before = Memory();
        for (var i = 0; i < Mutations / 2; i++)
        {
            var mutated = Mutate(stream, starts, random);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var frames = await ReadFramesAsync(mutated, seal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, long.MinValue, 16L * FrameLimit);
            Assert.All(frames, frame => Assert.InRange(frame.Bytes, 0, FrameLimit));
            if (seal)
                Assert.Equal(original.Take(frames.Count), frames);
            refused += frames.Count < original.Count ? 1 : 0;
        }
        Assert.InRange(refused, seal ? Mutations / 4 : 1, Mutations);
        var after = Memory();
        Assert.InRange(after.Reserved - before.Reserved, long.MinValue, AddressSpace);
        Assert.InRange(after.Used - before.Used, long.MinValue, Resident);
    }

    /// <summary>Of the whole process, libtorch's part included: the most address space it ever had, and the memory it uses now.</summary>
    private static (long Reserved, long Used) Memory()
    {
        using var process = Process.GetCurrentProcess();
        return (process.PeakVirtualMemorySize64, process.WorkingSet64);
    }

    /// <summary>Reads until something is refused or the stream ends; only refusals by name may happen.</summary>
    private static async Task<List<(string Frame, long Bytes)>> ReadFramesAsync(byte[] stream, bool seal)
    {
        var pipe = new Ends(PipeReader.Create(new ReadOnlySequence<byte>(stream)), PipeWriter.Create(Stream.Null));
        await using var channel = new PipeFrameChannel(pipe, FrameDirection.ServerToClient, "fuzz");
        channel.Open(new Peer("fuzz", null, "here"), Limits);
        if (seal)
            channel.UseOpener(NewCipher());
        var frames = new List<(string Frame, long Bytes)>();
        try
        {
            while (true)
            {
                using var frame = await channel.ReceiveAsync(CancellationToken.None);
                frames.Add(($"{frame.Kind} {frame.Spec} {Convert.ToHexString(SHA256.HashData(frame.Payload))}", frame.Payload.Length));
                frame.Parse<Fault>();
            }
        }
        catch (FlGlmException)
        {
            return frames;
        }
    }

    private static async Task<(byte[] Stream, int[] Starts)> WriteFramesAsync(bool seal)
    {
        using var stream = new MemoryStream();
        using var writer = new FrameWriter(PipeWriter.Create(stream));
        using var cipher = seal ? NewCipher() : null;
        FrameKind[] kinds = [FrameKind.Join, FrameKind.Forward, FrameKind.Backward, FrameKind.RoundEnd];
        var starts = new List<int>();
        foreach (var kind in kinds)
        {
            var payload = kind is FrameKind.Forward or FrameKind.Backward ? new BytesPayload(BytesPayload.Random(300)) : null;
            var control = new Fault { Code = 3, Text = "what, where" };
            var header = new FrameHeader(
                kind, FrameDirection.ClientToServer, Guid.Empty, (ulong)starts.Count, cipher?.Epoch ?? 0, payload?.Spec ?? default, control.CalculateSize());
            starts.Add((int)stream.Length);
            await writer.WriteAsync(header, control, payload, cipher, CancellationToken.None);
        }
        return (stream.ToArray(), [.. starts]);
    }

    private static byte[] Mutate(byte[] stream, int[] starts, Random random)
    {
        var bytes = stream.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1: // in a header
                    at = Math.Min(starts[random.Next(starts.Length)] + random.Next(FrameHeader.Size), bytes.Count - 1);
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 100), bytes.Count - at - 1));
                    break;
                case 3:
                    bytes.InsertRange(at, BytesPayload.Random(random.Next(1, 100), random.Next()));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5: // a consistent header, and all the bytes that it announces
                    Announce(bytes, starts[random.Next(starts.Length)], (uint)random.Next(1, FrameLimit / 2), fill: true);
                    break;
                case 6: // the same with a huge announced size: 1 to 16 GiB
                    Announce(bytes, starts[random.Next(starts.Length)], (uint)random.NextInt64(1L << 28, 1L << 32), fill: false);
                    break;
                default: // a piece of the stream again, elsewhere
                    bytes.InsertRange(at, stream.Skip(starts[random.Next(starts.Length)]).Take(random.Next(1, 500)));
                    break;
            }
            if (bytes.Count == 0)
                break;
        }
        return [.. bytes];
    }

    private static void Announce(List<byte> bytes, int start, uint floats, bool fill)
    {
        if (bytes.Count < start + FrameHeader.Size)
            return;
        var header = bytes.Slice(start, FrameHeader.Size).ToArray();
        (header[36], header[37]) = (1, 1);
        header.AsSpan(40, 16).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), floats);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(56), 4L * floats);
        bytes.RemoveRange(start, FrameHeader.Size);
        bytes.InsertRange(start, header);
        if (fill)
            bytes.InsertRange(bytes.Count, new byte[4 * floats]);
    }

    private static FrameSealer NewCipher() => new(1, FrameDirection.ClientToServer, BytesPayload.Random(FrameSealer.KeyBytes));

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
