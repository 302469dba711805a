using System.Buffers.Binary;
using Google.Protobuf;

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
            events.Add(Event(content.ToArray()));
            bytes = bytes[(16 + length)..];
        }

        return events;
    }

    private static EventRecord Event(byte[] content)
    {
        var read = new EventRecord(0, 0, null, false, []);
        ForEachField(content, (field, input) => read = field switch
        {
            1 => read with { WallTime = input.ReadDouble() },
            2 => read with { Step = input.ReadInt64() },
            3 => read with { Version = input.ReadString() },
            5 => read with { Values = Values(Bytes(input)) },
            7 => read with { Begins = Status(Bytes(input)) == 1 },
            _ => throw new InvalidDataException($"An event with field {field}."),
        });
        return read;
    }

    private static List<EventRecordValue> Values(byte[] summary)
    {
        List<EventRecordValue> values = [];
        ForEachField(summary, (_, input) => values.Add(Value(Bytes(input))));
        return values;
    }

    private static EventRecordValue Value(byte[] content)
    {
        var read = new EventRecordValue("", null, null, null, null);
        ForEachField(content, (field, input) => read = field switch
        {
            1 => read with { Tag = input.ReadString() },
            2 => read with { Scalar = input.ReadFloat() },
            5 => read with { Histogram = Histogram(Bytes(input)) },
            8 => read with { Text = Text(Bytes(input)) },
            9 => read with { Plugin = Plugin(Bytes(input)) },
            _ => throw new InvalidDataException($"A value with field {field}."),
        });
        return read;
    }

    private static EventRecordHistogram Histogram(byte[] content)
    {
        var numbers = new double[6];
        IReadOnlyList<double>[] lists = [[], []];
        ForEachField(content, (field, input) =>
        {
            if (field <= 5)
                numbers[field] = input.ReadDouble();
            else
                lists[field - 6] = [.. Bytes(input).Chunk(sizeof(double)).Select(bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes))];
        });
        return new EventRecordHistogram(numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], lists[0], lists[1]);
    }

    private static string? Text(byte[] tensor)
    {
        string? text = null;
        ForEachField(tensor, (field, input) =>
        {
            switch (field)
            {
                case 1:
                    Assert.Equal(7, input.ReadEnum()); // DT_STRING
                    break;
                case 8:
                    text = input.ReadString();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        });
        return text;
    }

    private static string? Plugin(byte[] metadata)
    {
        string? name = null;
        ForEachField(metadata, (_, input) => ForEachField(Bytes(input), (field, plugin) =>
        {
            if (field == 1)
                name = plugin.ReadString();
            else
                plugin.SkipLastField();
        }));
        return name;
    }

    private static int Status(byte[] sessionLog)
    {
        var status = 0;
        ForEachField(sessionLog, (_, input) => status = input.ReadEnum());
        return status;
    }

    private static void ForEachField(byte[] message, Action<int, CodedInputStream> read)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is > 0 and var tag)
            read(WireFormat.GetTagFieldNumber(tag), input);
    }

    private static byte[] Bytes(CodedInputStream input) => input.ReadBytes().ToByteArray();

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
