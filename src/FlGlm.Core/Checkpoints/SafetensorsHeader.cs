using System.Buffers.Binary;
using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// The directory at the start of a safetensors file: 8 bytes of little-endian length, then JSON
/// <c>{"__metadata__": {..}, "name": {"dtype": "F32", "shape": [..], "data_offsets": [from, to]}, ..}</c>, offsets counted from its end.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const int LengthBytes = 8;

    /// <summary>The format's own limit.</summary>
    private const int MaxHeaderBytes = 100_000_000;

    private readonly CheckpointFile _file;
    private readonly Dictionary<string, TensorInfo> _tensors = [];
    private readonly Dictionary<string, long> _offsets = [];
    private readonly Dictionary<string, string> _metadata = [];

    /// <summary>Reads and checks the header of a file.</summary>
    /// <exception cref="CheckpointException">The header is damaged, or its offsets do not cover the rest of the file exactly.</exception>
    public SafetensorsHeader(CheckpointFile file)
    {
        _file = file;
        var headerBytes = ReadLength();
        DataStart = LengthBytes + headerBytes;
        try
        {
            using var json = JsonDocument.Parse(_file.Read(LengthBytes, headerBytes));
            foreach (var entry in Object(json.RootElement, "its header"))
                Add(entry);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(file.Path, Sentence("its header is not JSON"), inner: e);
        }

        CheckTiling();
    }

    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The offset in the file of the first tensor's bytes.</summary>
    public long DataStart { get; }

    /// <summary>The offset of a tensor's bytes, counted from <see cref="DataStart"/>.</summary>
    public long OffsetOf(string name) => _offsets[name];

    private int ReadLength()
    {
        if (_file.Length < LengthBytes)
            throw Damaged("it ends inside its header length");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(_file.Read(0, LengthBytes));
        if (length > MaxHeaderBytes)
            throw Damaged($"its header claims {length} bytes");
        if ((long)length > _file.Length - LengthBytes)
            throw Damaged($"it ends inside its header of {length} bytes");
        return (int)length;
    }

    private void Add(JsonProperty entry)
    {
        var name = Plain(entry.Name);
        if (name == "__metadata__")
        {
            foreach (var pair in Object(entry.Value, name))
                _metadata[pair.Name] = pair.Value.ToString();
            return;
        }

        string? typeName = null;
        long[]? shape = null;
        long[]? range = null;
        foreach (var field in Object(entry.Value, $"'{name}'"))
        {
            switch (field.Name)
            {
                case "dtype":
                    typeName = Plain(field.Value.GetString() ?? "");
                    break;
                case "shape":
                    shape = Integers(field, name);
                    break;
                case "data_offsets":
                    range = Integers(field, name);
                    break;
                default:
                    throw Damaged($"'{name}' has an unknown field '{Plain(field.Name)}'", name);
            }
        }

        if (typeName is null || shape is null || range is not [var from, var to])
            throw Damaged($"'{name}' lacks its dtype, shape or two data_offsets", name);
        if (!ElementTypes.TryParse(typeName, out var type))
        {
            throw new CheckpointException(
                _file.Path,
                $"'{_file.Path}' stores '{name}' as '{typeName}', which is not supported{(typeName.StartsWith("F8", StringComparison.Ordinal) ? " (FP8-quantised weights)" : "")}. Use or make a checkpoint in F32, F16 or BF16.",
                name);
        }

        if (!TensorInfo.TryCountBytes(type, shape, out var bytes) || to < from || bytes != to - from)
            throw Damaged($"'{name}' gives bytes {from}..{to} to {typeName} {TensorInfo.Show(shape)}", name);
        if (!_tensors.TryAdd(name, new TensorInfo(name, type, shape, bytes)))
            throw Damaged($"'{name}' appears twice", name);
        _offsets[name] = from;
    }

    /// <summary>Tensors must follow each other without overlap or gap, from the header's end to the file's end.</summary>
    private void CheckTiling()
    {
        long expected = 0;
        foreach (var (name, from) in _offsets.OrderBy(pair => pair.Value).ThenBy(pair => _tensors[pair.Key].ByteLength))
        {
            if (from != expected)
                throw Damaged($"'{name}' starts at byte {from} of the data, and {expected} was expected (a hole or an overlap)", name);
            expected += _tensors[name].ByteLength;
            if (expected > _file.Length - DataStart)
                throw Damaged($"it ends inside '{name}': the header promises {expected} bytes of data and {_file.Length - DataStart} are there", name);
        }

        if (expected != _file.Length - DataStart)
            throw Damaged($"the header accounts for {expected} bytes of data and {_file.Length - DataStart} are there");
    }

    /// <summary>Refuses control characters, since names are shown in messages on a terminal.</summary>
    private string Plain(string text) => text.Any(char.IsControl) ? throw Damaged("a name has control characters") : text;

    private JsonElement.ObjectEnumerator Object(JsonElement element, string what) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject()
        : throw Damaged($"{what} is not a JSON object");

    private long[] Integers(JsonProperty field, string tensor)
    {
        if (field.Value.ValueKind != JsonValueKind.Array)
            throw Damaged($"{field.Name} of '{tensor}' is not a list", tensor);
        var numbers = new long[field.Value.GetArrayLength()];
        var at = 0;
        foreach (var element in field.Value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out numbers[at]) || numbers[at++] < 0)
                throw Damaged($"{field.Name} of '{tensor}' holds something that is no size", tensor);
        }

        return numbers;
    }

    private CheckpointException Damaged(string what, string? tensor = null) => new(_file.Path, Sentence(what), tensor);

    private string Sentence(string what) => $"'{_file.Path}' is not a whole safetensors file: {what}. Copy or download it again.";
}
