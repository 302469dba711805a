using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace FlGlm.Testing;

/// <summary>A protobuf message without its schema: the values of each field number, in their order.</summary>
public sealed class ProtobufMessage
{
    private readonly List<(int Field, object Value)> _values = [];

    /// <summary>Reads a message.</summary>
    public ProtobufMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag && tag != 0)
        {
            object value = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                var other => throw new InvalidDataException($"A field of wire type {other}."),
            };
            _values.Add((WireFormat.GetTagFieldNumber(tag), value));
        }
    }

    /// <summary>The numbers of its fields.</summary>
    public IEnumerable<int> Fields => _values.Select(value => value.Field);

    /// <summary>Every message in a field, or in a field of those in it, and so on.</summary>
    public IEnumerable<ProtobufMessage> Messages(int field, params int[] further)
    {
        var own = Values(field).Select(value => new ProtobufMessage((byte[])value));
        return further.Length == 0 ? own : own.SelectMany(message => message.Messages(further[0], further[1..]));
    }

    /// <summary>Whether it has a field.</summary>
    public bool Has(int field) => Values(field).Any();

    /// <summary>Bytes; none where the field is missing.</summary>
    public byte[] Bytes(int field) => (byte[]?)Values(field).LastOrDefault() ?? [];

    /// <summary>A text; empty where the field is missing.</summary>
    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    /// <summary>An integer; 0 where the field is missing.</summary>
    public long Integer(int field) => Values(field).LastOrDefault() switch
    {
        ulong wide => (long)wide,
        uint narrow => narrow,
        _ => 0,
    };

    /// <summary>A double; 0 where the field is missing.</summary>
    public double Double(int field) => BitConverter.Int64BitsToDouble(Integer(field));

    /// <summary>A float; 0 where the field is missing.</summary>
    public float Single(int field) => BitConverter.Int32BitsToSingle((int)Integer(field));

    /// <summary>The numbers of a packed field of doubles.</summary>
    public IReadOnlyList<double> Doubles(int field) =>
        [.. Values(field).OfType<byte[]>().SelectMany(packed => packed.Chunk(sizeof(double)).Select(value => BinaryPrimitives.ReadDoubleLittleEndian(value)))];

    private IEnumerable<object> Values(int field) => _values.Where(value => value.Field == field).Select(value => value.Value);
}
