namespace FlGlm.Core.Checkpoints;

/// <summary>Named tensors in one open file, whatever its format. Reading is safe from several threads.</summary>
public interface ITensorFile : IDisposable
{
    /// <summary>The file, as it was given.</summary>
    string Path { get; }

    /// <summary>Everything the file holds, by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Copies part of a tensor's elements as row-major little-endian bytes.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="offset">The first byte to copy, counted from the tensor's start; a multiple of the element size.</param>
    /// <param name="destination">Receives whole elements; its length is the number of bytes to copy.</param>
    void CopyBytes(TensorInfo tensor, long offset, Span<byte> destination);
}
