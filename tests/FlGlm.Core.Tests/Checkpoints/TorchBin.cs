using System.IO.Compression;

namespace FlGlm.Core.Tests.Checkpoints;

/// <summary>Writes archives in PyTorch's layout.</summary>
internal static class TorchBin
{
    public static void Write(string path, byte[] pickle, params (string Entry, byte[] Bytes)[] others) =>
        Write(path, CompressionLevel.NoCompression, pickle, others);

    public static void Write(string path, CompressionLevel level, byte[] pickle, params (string Entry, byte[] Bytes)[] others)
    {
        using var stream = File.Create(path);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (entry, bytes) in others.Prepend(("data.pkl", pickle)))
        {
            using var target = zip.CreateEntry($"archive/{entry}", level).Open();
            target.Write(bytes);
        }
    }
}
