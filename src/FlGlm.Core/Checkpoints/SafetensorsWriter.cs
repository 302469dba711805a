using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>Writes safetensors files, atomically and one tensor at a time. Widest element types come first, then by name.</summary>
internal static class SafetensorsWriter
{
    /// <summary>A span holds at most 2 GiB, so larger tensors are written window by window.</summary>
    private const long WindowBytes = 1 << 30;

    /// <summary>Writes tensors that are in memory, on any device and of any layout.</summary>
    /// <exception cref="Configuration.CheckpointException">The disk refuses. The target is then as it was.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors) =>
        Write(path, tensors.Select(pair => TensorInfo.Of(pair.Key, pair.Value)), name => tensors[name]);

    /// <summary>Writes tensors that are requested one by one, so that a large model needs no second copy in memory.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="directory">Names, types and shapes, in any order.</param>
    /// <param name="tensorOf">Returns one tensor; the tensors that it creates are disposed after writing.</param>
    /// <exception cref="Configuration.CheckpointException">The disk refuses. The target is then as it was.</exception>
    public static void Write(string path, IEnumerable<TensorInfo> directory, Func<string, Tensor> tensorOf)
    {
        TensorInfo[] ordered =
        [
            .. directory.OrderByDescending(info => info.ElementType.Size()).ThenBy(info => info.Name, StringComparer.Ordinal),
        ];
        AtomicFile.Write(path, stream =>
        {
            stream.Write(Header(ordered));
            foreach (var info in ordered)
            {
                using var scope = NewDisposeScope();
                WriteTensor(stream, info, tensorOf(info.Name));
            }
        });
    }

    private static byte[] Header(IEnumerable<TensorInfo> ordered)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[sizeof(ulong)]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long offset = 0;
            foreach (var info in ordered)
                WriteEntry(json, info, ref offset);
            json.WriteEndObject();
        }

        while (buffer.Length % sizeof(ulong) != 0)
            buffer.WriteByte((byte)' ');
        var header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - sizeof(ulong));
        return header;
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorInfo info, ref long offset)
    {
        json.WriteStartObject(info.Name);
        json.WriteString("dtype", info.ElementType.FormatName());
        json.WriteStartArray("shape");
        foreach (var dimension in info.Shape)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset += info.ByteLength);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTensor(Stream stream, TensorInfo info, Tensor tensor)
    {
        var actual = TensorInfo.Of(info.Name, tensor);
        if (actual.ElementType != info.ElementType || !actual.Shape.AsSpan().SequenceEqual(info.Shape))
            throw new ArgumentException($"announced {info}, given {actual}", nameof(tensor));
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        var size = info.ElementType.Size();
        for (long start = 0; start < info.ByteLength; start += WindowBytes)
        {
            var length = Math.Min(WindowBytes, info.ByteLength - start);
            stream.Write(flat.narrow(0, start / size, length / size).bytes);
        }
    }
}
