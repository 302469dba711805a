using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// SHA-256 of every tensor of a file: of its type, shape and bytes as they are stored, whatever the file's format. Hashes of large files are
/// kept in a folder, and used again until the file changes: another size, time of change or inode.
/// </summary>
/// <param name="folder">made when something is kept; null = nothing is kept</param>
public sealed class TensorHashes(string? folder)
{
    private const int ChunkBytes = 1 << 18;
    private static readonly int Threads = Math.Min(4, Environment.ProcessorCount);

    /// <summary><c>$XDG_CACHE_HOME/flglm</c>, or <c>~/.cache/flglm</c>; null where there is no home.</summary>
    public static string? UserFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache))
                return Path.Combine(cache, "flglm");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length == 0 ? null : Path.Combine(home, ".cache", "flglm");
        }
    }

    /// <summary>Of smaller files hashes are not kept: computing them takes less time than a look into the folder is worth.</summary>
    public long SmallestKept { get; init; } = 1 << 24;

    /// <summary>Called from any thread with the number of bytes of each tensor that has been hashed; not for hashes that were kept.</summary>
    public Action<long>? Hashed { get; init; }

    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public IReadOnlyDictionary<string, byte[]> Of(string path, CancellationToken ct)
    {
        var full = Path.GetFullPath(path);
        var version = FileSystem.VersionOf(full);
        if (Kept(full, version) is { } kept)
            return kept;
        var hashes = Compute(full, ct);
        if (version == FileSystem.VersionOf(full))
            Keep(full, version, hashes);
        return hashes;
    }

    private IReadOnlyDictionary<string, byte[]> Compute(string path, CancellationToken ct)
    {
        using var file = TensorFile.Open(path);
        var hashes = new ConcurrentDictionary<string, byte[]>();
        Parallel.ForEach(file.Tensors.Values, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = ct }, info =>
        {
            hashes[info.Name] = Compute(file, info, ct);
            Hashed?.Invoke(info.ByteLength);
        });
        return hashes;
    }

    private static byte[] Compute(ITensorFile file, TensorInfo info, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{info.ElementType.FormatName()} {TensorInfo.Show(info.Shape)}\n"));
        var chunk = new byte[Math.Min(ChunkBytes, info.ByteLength)];
        for (long at = 0; at < info.ByteLength; at += ChunkBytes)
        {
            ct.ThrowIfCancellationRequested();
            var part = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, info.ByteLength - at));
            file.CopyBytes(info, at, part);
            hash.AppendData(part);
        }

        return hash.GetHashAndReset();
    }

    private Dictionary<string, byte[]>? Kept(string path, FileVersion? version)
    {
        if (Place(path, version) is not { } place || !File.Exists(place))
            return null;
        try
        {
            var entry = JsonSerializer.Deserialize<Entry>(File.ReadAllBytes(place));
            return entry is { Tensors: { } tensors } && entry.Path == path && entry.Version == version && tensors.Values.All(hash => hash.Length == SHA256.HashSizeInBytes)
                ? tensors
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // computed again
        }
    }

    private void Keep(string path, FileVersion? version, IReadOnlyDictionary<string, byte[]> hashes)
    {
        if (Place(path, version) is not { } place)
            return;
        try
        {
            JsonFile.Write(place, new Entry(path, version!, hashes.ToDictionary()));
        }
        catch (CheckpointException)
        {
            // A folder that cannot be written costs the time of computing again.
        }
    }

    /// <summary>One file in the folder for every path; null where nothing is kept.</summary>
    private string? Place(string path, FileVersion? version) => folder is null || version is null || version.Size < SmallestKept
        ? null
        : Path.Combine(folder, "tensors", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path))) + ".json");

    private sealed record Entry(string Path, FileVersion Version, Dictionary<string, byte[]> Tensors);
}
