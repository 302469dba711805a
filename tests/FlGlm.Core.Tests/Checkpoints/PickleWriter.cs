using System.Buffers.Binary;
using System.Text;

namespace FlGlm.Core.Tests.Checkpoints;

/// <summary>Writes pickles opcode by opcode: as PyTorch writes them, and as an attacker could.</summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream _bytes = new();

    public PickleWriter() => Op(0x80, 2);

    public PickleWriter Op(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleWriter Op(char op) => Op((byte)op);

    public PickleWriter Global(string module, string name) => Op('c').Op(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleWriter Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op('X').Op(BitConverter.GetBytes(bytes.Length)).Op(bytes);
    }

    public PickleWriter Integer(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Op(0x8a, sizeof(long)).Op(bytes);
    }

    public PickleWriter Integers(params long[] values)
    {
        Op('(');
        foreach (var value in values)
            Integer(value);
        return Op('t');
    }

    /// <summary>The call by which PyTorch rebuilds a view of a storage.</summary>
    public PickleWriter Tensor(string storageType, string key, long count, long offset, long[] shape, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2")
            .Op('(').Storage(storageType, key, count).Integer(offset).Integers(shape).Integers(strides).Op(0x89).OrderedDict().Op('t')
            .Op('R');

    public PickleWriter Storage(string storageType, string key, long count) =>
        Op('(').Text("storage").Global("torch", storageType).Text(key).Text("cpu").Integer(count).Op('t').Op('Q');

    public PickleWriter OrderedDict() => Global("collections", "OrderedDict").Op(')').Op('R');

    public byte[] Stop() => Op('.')._bytes.ToArray();
}
