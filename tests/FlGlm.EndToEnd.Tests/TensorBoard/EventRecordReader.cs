using System.Buffers.Binary;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.TensorBoard;

/// <summary>Reads an event file by the published format alone: records of length, checksum, content and checksum; the content by the field numbers of event.proto, summary.proto and tensor.proto.</summary>
internal static class EventRecordReader
{
    private const uint Polynomial = 0x82F63B78; // CRC-32C, its bits in reverse

    public static IReadOnlyList<EventRecord> Read(string path)
    {
        using var copy = new MemoryStream();
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            file.CopyTo(copy);
        var bytes = copy.ToArray().AsSpan();
        List<EventRecord> events = [];
        while (bytes.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            Assert.Equal(Masked(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            var content = bytes.Slice(12, length);
            Assert.Equal(Masked(content), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            events.Add(Event(new ProtobufMessage(content.ToArray())));
            bytes = bytes[(16 + length)..];
        }

        return events;
    }

    private static EventRecord Event(ProtobufMessage read)
    {
        Assert.Empty(read.Fields.Except([1, 2, 3, 5, 7]));
        return new EventRecord(
            read.Double(1), read.Integer(2), read.Has(3) ? read.Text(3) : null, read.Messages(7).Any(session => session.Integer(1) == 1), [.. read.Messages(5, 1).Select(Value)]);
    }

    private static EventRecordValue Value(ProtobufMessage read)
    {
        Assert.Empty(read.Fields.Except([1, 2, 5, 8, 9]));
        return new EventRecordValue(
            read.Text(1),
            read.Has(2) ? read.Single(2) : null,
            read.Messages(5).Select(Histogram).SingleOrDefault(),
            read.Messages(8).Select(Text).SingleOrDefault(),
            read.Messages(9, 1).Select(plugin => plugin.Text(1)).SingleOrDefault());
    }

    private static EventRecordHistogram Histogram(ProtobufMessage read) =>
        new(read.Double(1), read.Double(2), read.Double(3), read.Double(4), read.Double(5), read.Doubles(6), read.Doubles(7));

    private static string Text(ProtobufMessage tensor)
    {
        Assert.Equal(7, tensor.Integer(1)); // DT_STRING
        return tensor.Text(8);
    }

    /// <summary>Bit by bit.</summary>
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var each in bytes)
        {
            crc ^= each;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
        }

        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8);
    }
}
