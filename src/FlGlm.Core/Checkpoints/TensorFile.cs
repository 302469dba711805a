using System.Runtime.InteropServices;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>Opens a tensor file by its extension, and reads torch tensors from it.</summary>
public static class TensorFile
{
    /// <summary>Small enough to stay in the cache between the copy and the check for NaN.</summary>
    private const int ChunkBytes = 1 << 18;

    /// <summary>A span holds at most 2 GiB, so larger tensors are filled window by window.</summary>
    private const long WindowBytes = 1 << 30;

    /// <summary>Opens <c>*.bin</c>, <c>*.pt</c> and <c>*.pth</c> as PyTorch archives, everything else as safetensors.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public static ITensorFile Open(string path) => System.IO.Path.GetExtension(path) is ".bin" or ".pt" or ".pth"
        ? new TorchBinReader(path)
        : new SafetensorsReader(path);

    /// <summary>Reads one tensor into the CPU's memory, as it is stored: one copy, from the file into the tensor.</summary>
    /// <returns>A new tensor of the stored shape and type, in the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">The file has no such tensor, or the tensor holds NaN or infinity.</exception>
    public static Tensor Read(this ITensorFile file, string name)
    {
        var info = file.Info(name);
        using var scope = NewDisposeScope();
        var tensor = empty(info.Shape, dtype: info.ElementType.ToScalarType());
        var flat = tensor.view(-1);
        var size = info.ElementType.Size();
        for (long start = 0; start < info.ByteLength; start += WindowBytes)
        {
            var length = Math.Min(WindowBytes, info.ByteLength - start);
            file.Fill(info, start, flat.narrow(0, start / size, length / size).bytes);
        }

        return tensor.MoveToOuterDisposeScope();
    }

    /// <summary>The entry of a tensor that must exist.</summary>
    /// <exception cref="CheckpointException">It does not exist.</exception>
    public static TensorInfo Info(this ITensorFile file, string name) => file.Tensors.TryGetValue(name, out var info)
        ? info
        : throw new CheckpointException(file.Path, $"'{file.Path}' has no '{name}'. `flglm inspect {file.Path}` lists what it holds.", name);

    private static void Fill(this ITensorFile file, TensorInfo info, long start, Span<byte> window)
    {
        for (var at = 0; at < window.Length; at += ChunkBytes)
        {
            var chunk = window.Slice(at, Math.Min(ChunkBytes, window.Length - at));
            file.CopyBytes(info, start + at, chunk);
            if (!IsFinite(info.ElementType, chunk))
            {
                throw new CheckpointException(
                    file.Path,
                    $"'{file.Path}' holds NaN or infinite values in '{info.Name}'. Use an undamaged copy of the checkpoint.",
                    info.Name);
            }
        }
    }

    private static bool IsFinite(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.F16 => FiniteScan.AllFinite<ushort>(MemoryMarshal.Cast<byte, ushort>(bytes), 0x7C00),
        ElementType.BF16 => FiniteScan.AllFinite<ushort>(MemoryMarshal.Cast<byte, ushort>(bytes), 0x7F80),
        ElementType.F32 => FiniteScan.AllFinite<uint>(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F800000),
        ElementType.F64 => FiniteScan.AllFinite<ulong>(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7FF0000000000000),
        _ => true,
    };
}
