using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>A safetensors file: opening it reads the header only.</summary>
internal sealed class SafetensorsReader : ITensorFile
{
    private readonly CheckpointFile _file;
    private readonly SafetensorsHeader _header;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="CheckpointException">The file is missing, truncated, or its header does not match its content.</exception>
    public SafetensorsReader(string path)
    {
        _file = new CheckpointFile(path);
        try
        {
            _header = new SafetensorsHeader(_file);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    public IReadOnlyDictionary<string, TensorInfo> Tensors => _header.Tensors;

    /// <summary>The file's <c>__metadata__</c>, e.g. <c>format: pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    public void CopyBytes(TensorInfo tensor, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, tensor.ByteLength);
        _file.Read(_header.DataStart + _header.OffsetOf(tensor.Name) + offset, destination);
    }

    public void Dispose() => _file.Dispose();
}
