using System.Buffers.Binary;
using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>
/// The central directory of a zip archive (with its 64-bit form), as PyTorch writes it: entries stored without compression, so that
 /// their bytes can be read at a position. The ZIP reader of .NET gives streams, not positions.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint End64LocatorSignature = 0x07064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int End64LocatorBytes = 20;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;
    private const ushort Zip64Field = 1;

    private readonly CheckpointFile _file;
    private readonly Dictionary<string, ZipEntry> _entries = [];

    /// <summary>Reads and checks the directory of an archive.</summary>
    /// <exception cref="CheckpointException">The file is no such archive, or is truncated.</exception>
    public ZipDirectory(CheckpointFile file)
    {
        _file = file;
        if (file.Length < sizeof(uint) || UInt32(file.Read(0, sizeof(uint)), 0) != LocalSignature)
        {
            throw new CheckpointException(
                file.Path,
                $"'{file.Path}' is not a zip archive, as PyTorch writes since 1.6 (an older or another format). Convert it to safetensors.");
        }

        var (start, length) = FindDirectory();
        for (var at = start; at < start + length;)
            at += ReadEntry(at);
    }

    /// <summary>Every entry by its full name.</summary>
    public IReadOnlyDictionary<string, ZipEntry> Entries => _entries;

    private (long Start, long Length) FindDirectory()
    {
        var tail = (int)Math.Min(_file.Length, EndBytes + ushort.MaxValue);
        var bytes = _file.Read(_file.Length - tail, tail);
        for (var at = tail - EndBytes; at >= 0; at--)
        {
            if (UInt32(bytes, at) != EndSignature)
                continue;
            var end = _file.Length - tail + at;
            long length = UInt32(bytes, at + 12);
            long start = UInt32(bytes, at + 16);
            return start == uint.MaxValue || length == uint.MaxValue ? FindDirectory64(end) : (start, length);
        }

        throw Damaged("its directory, at the end, is missing");
    }

    private (long Start, long Length) FindDirectory64(long end)
    {
        var locator = Bytes(end - End64LocatorBytes, End64LocatorBytes, End64LocatorSignature);
        var record = Bytes(Int64(locator, 8), End64Bytes, End64Signature);
        var length = Int64(record, 40);
        var start = Int64(record, 48);
        return start >= 0 && length >= 0 && length <= _file.Length - start ? (start, length) : throw Damaged("its directory lies outside");
    }

    /// <summary>Reads one entry of the directory.</summary>
    /// <returns>The size of the directory's record.</returns>
    private int ReadEntry(long at)
    {
        var record = Bytes(at, CentralBytes, CentralSignature);
        var flags = UInt16(record, 8);
        var method = UInt16(record, 10);
        int nameBytes = UInt16(record, 28);
        int extraBytes = UInt16(record, 30);
        var name = Encoding.UTF8.GetString(Bytes(at + CentralBytes, nameBytes));
        if (method != 0 || (flags & 1) != 0)
            throw new CheckpointException(_file.Path, $"'{_file.Path}' holds '{name}' compressed or encrypted. Save it again with torch.save.");

        long length = UInt32(record, 24);
        long start = UInt32(record, 42);
        ReadZip64(Bytes(at + CentralBytes + nameBytes, extraBytes), ref length, UInt32(record, 20) == uint.MaxValue, ref start);
        var local = Bytes(start, LocalBytes, LocalSignature);
        var data = start + LocalBytes + UInt16(local, 26) + UInt16(local, 28);
        if (length < 0 || length > _file.Length - data)
            throw Damaged($"it ends inside '{name}'");
        if (!_entries.TryAdd(name, new ZipEntry(data, length)))
            throw Damaged($"'{name}' appears twice");
        return CentralBytes + nameBytes + extraBytes + UInt16(record, 32);
    }

    /// <summary>Replaces the numbers that did not fit into 32 bits; the extra field lists only those, in order.</summary>
    private static void ReadZip64(ReadOnlySpan<byte> extra, ref long length, bool compressedLengthToo, ref long start)
    {
        while (extra.Length >= 4)
        {
            var size = Math.Min(UInt16(extra, 2), extra.Length - 4);
            var field = extra.Slice(4, size);
            if (UInt16(extra, 0) == Zip64Field)
            {
                if (length == uint.MaxValue)
                    length = Next(ref field);
                if (compressedLengthToo)
                    _ = Next(ref field);
                if (start == uint.MaxValue)
                    start = Next(ref field);
            }

            extra = extra[(4 + size)..];
        }
    }

    private static long Next(ref ReadOnlySpan<byte> field)
    {
        if (field.Length < sizeof(long))
            return -1;
        var value = Int64(field, 0);
        field = field[sizeof(long)..];
        return value;
    }

    private byte[] Bytes(long at, int count, uint signature)
    {
        var bytes = Bytes(at, count);
        return UInt32(bytes, 0) == signature ? bytes : throw Damaged("its directory is not in order");
    }

    private byte[] Bytes(long at, int count) =>
        at >= 0 && at <= _file.Length - count ? _file.Read(at, count) : throw Damaged("its directory points outside");

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private CheckpointException Damaged(string what) => new(
        _file.Path, $"'{_file.Path}' is not a whole PyTorch archive: {what}. Copy or download it again.");
}
