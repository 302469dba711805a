using FlGlm.Core.Checkpoints.TorchBin;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// A PyTorch weight file (<c>pytorch_model*.bin</c>, zip format). Its pickle is read by an interpreter that
 /// supports only tensors, so that opening a file from an unknown source runs none of its code.
/// </summary>
internal sealed class TorchBinReader : ITensorFile
{
    private const string PickleName = "/data.pkl";

    private readonly CheckpointFile _file;
    private readonly Dictionary<string, TensorInfo> _tensors = [];
    private readonly Dictionary<string, StridedView> _views = [];

    /// <summary>Opens a file and reads the entries of its tensors.</summary>
    /// <exception cref="CheckpointException">The file is missing, damaged, of another format, or its pickle holds something unsupported.</exception>
    public TorchBinReader(string path)
    {
        _file = new CheckpointFile(path);
        try
        {
            ReadDirectory(new ZipDirectory(_file).Entries);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    public void CopyBytes(TensorInfo tensor, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, tensor.ByteLength);
        var size = tensor.ElementType.Size();
        _views[tensor.Name].Copy(_file, offset / size, size, destination);
    }

    public void Dispose() => _file.Dispose();

    private void ReadDirectory(IReadOnlyDictionary<string, ZipEntry> entries)
    {
        var pickleName = entries.Keys.FirstOrDefault(name => name.EndsWith(PickleName, StringComparison.Ordinal))
            ?? throw Damaged("it has no data.pkl");
        var stem = pickleName[..^PickleName.Length];
        if (entries.TryGetValue($"{stem}/byteorder", out var order) && Bytes(order, "byteorder").AsSpan().SequenceEqual("big"u8))
            throw new CheckpointException(Path, $"'{Path}' was written on a big-endian machine. Convert it to safetensors there.");

        foreach (var (name, tensor) in Unpickler.Read(Path, Bytes(entries[pickleName], "data.pkl")))
        {
            var storage = tensor.Storage;
            if (!entries.TryGetValue($"{stem}/data/{storage.Key}", out var entry))
                throw Damaged($"'{name}' lies in the storage '{storage.Key}', which is missing", name);
            if (!IsInside(tensor, entry, out var byteLength))
                throw Damaged($"'{name}' of shape {TensorInfo.Show(tensor.Shape)} does not fit into its storage", name);
            _tensors.Add(name, new TensorInfo(name, storage.ElementType, tensor.Shape, byteLength));
            _views.Add(name, new StridedView(entry.Offset + (tensor.Offset * storage.ElementType.Size()), tensor.Shape, tensor.Strides));
        }
    }

    /// <summary>
    /// True if every element is inside the storage and the storage inside its entry. A tensor with more elements than its storage
    /// (repeated by a stride of 0) is refused too: a few bytes could require any amount of memory.
    /// </summary>
    private static bool IsInside(PickledTensor tensor, ZipEntry entry, out long byteLength)
    {
        var size = tensor.Storage.ElementType.Size();
        var held = Math.Min(tensor.Storage.Count, entry.Length / size);
        if (!TensorInfo.TryCountBytes(tensor.Storage.ElementType, tensor.Shape, out byteLength)
            || tensor.Shape.Length != tensor.Strides.Length
            || tensor.Offset < 0
            || byteLength / size > held)
        {
            return false;
        }

        var last = (Int128)tensor.Offset;
        for (var d = 0; d < tensor.Shape.Length && byteLength > 0; d++)
        {
            last += (Int128)(tensor.Shape[d] - 1) * tensor.Strides[d];
            if (tensor.Strides[d] < 0 || last >= held)
                return false;
        }

        return byteLength == 0 || last < held;
    }

    private byte[] Bytes(ZipEntry entry, string name) => entry.Length <= Unpickler.MaxBytes
        ? _file.Read(entry.Offset, (int)entry.Length)
        : throw Damaged($"its {name} has {entry.Length} bytes, too many for a list of tensors");

    private CheckpointException Damaged(string what, string? tensor = null) =>
        new(Path, $"'{Path}' is not a whole PyTorch weight file: {what}. Copy or download it again.", tensor);
}
