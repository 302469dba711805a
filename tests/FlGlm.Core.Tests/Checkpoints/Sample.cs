using FlGlm.Core.Checkpoints;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Checkpoints;

/// <summary>Small tensors and files for the tests of readers and writers.</summary>
internal static class Sample
{
    /// <summary>A tensor of finite values that depend on the seed.</summary>
    public static Tensor Make(ElementType type, int seed, params long[] shape)
    {
        var tensor = empty(shape, dtype: type.ToScalarType());
        var random = new Random(seed);
        var bytes = tensor.bytes;
        var size = type.Size();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(type == ElementType.Bool || i % size == size - 1 ? random.Next(2) : random.Next(256));
        return tensor;
    }

    /// <summary>The bits that a file must return.</summary>
    public static string Show(Tensor tensor)
    {
        var whole = tensor.contiguous();
        var text = $"{ElementTypes.FromScalarType(tensor.dtype)} [{string.Join(", ", tensor.shape)}] {Convert.ToHexString(whole.bytes)}";
        GC.KeepAlive(whole);  // its finalizer frees what the bytes are of
        return text;
    }

    /// <summary>Every tensor of a file, bit by bit.</summary>
    public static SortedDictionary<string, string> Show(ITensorFile file) =>
        new(file.Tensors.Keys.ToDictionary(name => name, name => Show(file.Read(name))), StringComparer.Ordinal);

    /// <summary>Writes a safetensors file from a header and data, valid or not.</summary>
    public static void WriteSafetensors(string path, string header, int dataBytes)
    {
        var json = System.Text.Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]]);
    }
}
