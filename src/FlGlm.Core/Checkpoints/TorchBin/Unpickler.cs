using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>
/// Reads the pickle (protocol 2) of a PyTorch weight file. It supports only what tensors need: dictionaries, tuples, strings, integers
/// and the names of <see cref="PickleGlobal"/>; the error for anything else names it. Nothing recurses, and every step consumes a byte
/// of the pickle, so that <see cref="MaxBytes"/> and <see cref="MaxDepth"/> limit the memory.
/// </summary>
internal sealed class Unpickler
{
    /// <summary>About 100 bytes are usual per tensor: room for 40,000 of them.</summary>
    public const int MaxBytes = 1 << 22;

    /// <summary>Python adds items to a dictionary 1,000 at a time, so that 2,000 values are usual.</summary>
    private const int MaxDepth = 1 << 16;

    private static readonly object[] EmptyTuple = [];
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly byte[] _pickle;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;

    private Unpickler(string path, byte[] pickle)
    {
        _path = path;
        _pickle = pickle;
    }

    /// <summary>The dictionary of tensors that the pickle describes.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="pickle">The archive's <c>data.pkl</c>.</param>
    /// <exception cref="CheckpointException">The pickle holds something unsupported, or is damaged.</exception>
    public static Dictionary<string, PickledTensor> Read(string path, byte[] pickle)
    {
        var unpickler = new Unpickler(path, pickle);
        if (unpickler.Run() is not Dictionary<string, object?> entries)
            throw unpickler.Foreign("content that is no dictionary of tensors");
        return entries.ToDictionary(
            entry => entry.Key,
            entry => entry.Value as PickledTensor ?? throw unpickler.Foreign($"value under '{entry.Key}', which is no tensor"));
    }

    private object? Run()
    {
        while (true)
        {
            var op = (PickleOp)Take(1)[0];
            if (op == PickleOp.Stop)
                return Pop();
            Execute(op);
        }
    }

    private void Execute(PickleOp op)
    {
        switch (op)
        {
            case PickleOp.Proto: CheckProtocol(Take(1)[0]); break;
            case PickleOp.Global: Push(FindGlobal()); break;
            case PickleOp.BinPut: _memo[Take(1)[0]] = Peek(); break;
            case PickleOp.LongBinPut: _memo[TakeUInt32()] = Peek(); break;
            case PickleOp.BinGet: Push(Recall(Take(1)[0])); break;
            case PickleOp.LongBinGet: Push(Recall(TakeUInt32())); break;
            case PickleOp.BinUnicode: Push(TakeString()); break;
            case PickleOp.BinInt: Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)))); break;
            case PickleOp.BinInt1: Push((long)Take(1)[0]); break;
            case PickleOp.BinInt2: Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)))); break;
            case PickleOp.Long1: Push(TakeLong()); break;
            case PickleOp.NewTrue: Push(true); break;
            case PickleOp.NewFalse: Push(false); break;
            case PickleOp.None: Push(null); break;
            case PickleOp.EmptyTuple: Push(EmptyTuple); break;
            case PickleOp.Mark: _marks.Push(_stack.Count); break;
            case PickleOp.Tuple: Push(PopToMark()); break;
            case PickleOp.Tuple1: Push(PopMany(1)); break;
            case PickleOp.Tuple2: Push(PopMany(2)); break;
            case PickleOp.Tuple3: Push(PopMany(3)); break;
            case PickleOp.EmptyDict: Push(new Dictionary<string, object?>()); break;
            case PickleOp.SetItem: SetItems(PopMany(2)); break;
            case PickleOp.SetItems: SetItems(PopToMark()); break;
            case PickleOp.BinPersId: Push(LoadStorage(Pop())); break;
            case PickleOp.Reduce: Push(Reduce()); break;
            case PickleOp.Build: IgnoreAttributes(); break;
            default: throw Foreign($"opcode {(Enum.IsDefined(op) ? op.ToString() : $"0x{(byte)op:x2}")}");
        }
    }

    private void CheckProtocol(byte version)
    {
        if (version != 2)
            throw Foreign($"protocol {version}; only 2 is read");
    }

    private PickleGlobal FindGlobal()
    {
        var name = $"{TakeLine()}.{TakeLine()}";
        return PickleGlobal.Find(name) ?? throw Foreign($"global '{name}'");
    }

    private object? Reduce()
    {
        var arguments = Pop() as object?[];
        var function = Pop() as PickleGlobal;
        return (function?.Kind, arguments) switch
        {
            (PickleGlobalKind.OrderedDict, []) => new Dictionary<string, object?>(),
            (PickleGlobalKind.RebuildParameter, [PickledTensor tensor, ..]) => tensor,
            (PickleGlobalKind.RebuildTensor, [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]) =>
                new PickledTensor(storage, offset, Integers(shape), Integers(strides)),
            _ => throw Foreign($"call of {function?.Kind.ToString() ?? "an object"}"),
        };
    }

    private PickledStorage LoadStorage(object? id) =>
        id is object?[] and ["storage", PickleGlobal { Kind: PickleGlobalKind.Storage } type, string key, string, long count]
            ? new PickledStorage(key, type.ElementType, count)
            : throw Foreign("persistent id");

    /// <summary>A state dictionary may carry <c>_metadata</c> as an attribute; the tensors do not need it.</summary>
    private void IgnoreAttributes()
    {
        _ = Pop();
        if (Peek() is not Dictionary<string, object?>)
            throw Foreign("attributes of an object that is no dictionary");
    }

    private void SetItems(object?[] items)
    {
        if (Peek() is not Dictionary<string, object?> target || items.Length % 2 != 0)
            throw Damaged("items without a dictionary");
        for (var i = 0; i < items.Length; i += 2)
            target[items[i] as string ?? throw Foreign("dictionary key that is no string")] = items[i + 1];
    }

    private long[] Integers(object?[] tuple) =>
        Array.ConvertAll(tuple, item => item is long number ? number : throw Foreign("shape that holds no integers"));

    private object? Recall(uint slot) => _memo.TryGetValue(slot, out var value) ? value : throw Damaged($"a reference to the unset memo {slot}");

    private void Push(object? value)
    {
        if (_stack.Count == MaxDepth)
            throw Foreign("stack that is too deep");
        _stack.Add(value);
    }

    private object? Pop() => PopMany(1)[0];

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Damaged("an empty stack");

    private object?[] PopMany(int count)
    {
        if (_stack.Count - count < Floor)
            throw Damaged("an empty stack");
        var values = CollectionsMarshal.AsSpan(_stack)[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (!_marks.TryPop(out var mark))
            throw Damaged("a missing mark");
        return PopMany(_stack.Count - mark);
    }

    /// <summary>The lowest stack index that may be read: values below the newest mark may not.</summary>
    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _pickle.Length - _at)
            throw Damaged("an early end");
        _at += count;
        return _pickle.AsSpan(_at - count, count);
    }

    private uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    private long TakeLong()
    {
        var bytes = Take(Take(1)[0]);
        if (bytes.Length > sizeof(long))
            throw Foreign("integer beyond 64 bits");
        long value = 0;
        for (var i = 0; i < bytes.Length; i++)
            value |= (long)bytes[i] << (8 * i);
        var unused = 8 * (sizeof(long) - bytes.Length);
        return bytes.IsEmpty ? 0 : value << unused >> unused;
    }

    private string TakeString() => Decode(Take((int)Math.Min(TakeUInt32(), int.MaxValue)));

    private string TakeLine()
    {
        var length = _pickle.AsSpan(_at).IndexOf((byte)'\n');
        var line = Decode(Take(length));
        _at++;
        return line;
    }

    /// <summary>Refuses control characters, since names are shown in messages on a terminal.</summary>
    private string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = StrictUtf8.GetString(bytes);
            return text.Any(char.IsControl) ? throw Damaged("text with control characters") : text;
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("text that is not UTF-8");
        }
    }

    private CheckpointException Foreign(string what) => new(
        _path, $"'{_path}' is refused: foreign pickle {what}, at byte {_at}. Only tensors are read; convert the file to safetensors.");

    private CheckpointException Damaged(string what) => new(
        _path, $"'{_path}' is damaged: its pickle has {what}, at byte {_at}. Copy or download it again.");
}
