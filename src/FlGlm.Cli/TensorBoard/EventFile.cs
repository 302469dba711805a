using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Tensorboard;

namespace FlGlm.Cli.TensorBoard;

/// <summary>
/// An event file of TensorBoard: one record after the other, each on the disk when it is written. The events are TorchSharp's messages. Its
/// SummaryWriter is not used: it opens and closes the file for every scalar, 0.27 ms a step where all scalars of a step in one record take 0.01 ms;
/// its times are whole seconds, and of a file's first event ticks, from which TensorBoard counts; it cannot write a session log, so that values of steps
/// which are taken again stay; and its add_histogram computes with tensors and makes Scalars that a garbage collection may free meanwhile.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string NameStart = "events.out.tfevents.";
    private const string NameEnd = ".flglm";
    private const string Version = "brain.Event:2";
    private const int LengthBytes = sizeof(ulong);
    private const int ChecksumBytes = sizeof(uint);
    private const uint ChecksumMask = 0xa282ead8;

    private readonly FileStream _file;
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Creates a file in a folder. TensorBoard reads the files of a folder in the order of their names: the time, or more where there is a later one.</summary>
    /// <param name="folder">is created</param>
    public EventFile(string folder)
    {
        Directory.CreateDirectory(folder);
        var latest = Directory.EnumerateFiles(folder, NameStart + "*").Select(TimeOf).DefaultIfEmpty().Max();
        var time = Math.Max(_time.GetUtcNow().ToUnixTimeMilliseconds(), latest + 1);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{NameStart}{time}{NameEnd}"));
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Write(new Event { FileVersion = Version });
    }

    /// <summary>Adds an event, with the time.</summary>
    public void Write(Event happened)
    {
        happened.WallTime = _time.GetUtcNow().ToUnixTimeMilliseconds() / 1e3;
        var content = happened.ToByteArray(); // these messages cannot write themselves into a span
        var record = new byte[LengthBytes + ChecksumBytes + content.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(LengthBytes), Checksum(record.AsSpan(0, LengthBytes)));
        content.CopyTo(record, LengthBytes + ChecksumBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - ChecksumBytes), Checksum(content));
        _file.Write(record);
    }

    public void Dispose() => _file.Dispose();

    private static long TimeOf(string path) =>
        long.TryParse(Path.GetFileName(path)[NameStart.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0;

    /// <summary>CRC-32C, rotated and moved by a constant, as TFRecord files have it.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, rest);
        return BitOperations.RotateRight(~crc, 15) + ChecksumMask;
    }
}
