using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Core.Peft;

/// <summary>Reads adapters in both supported formats: PEFT's directories, and prefixes of ChatGLM's own trainer.</summary>
public static class AdapterFormats
{
    /// <exception cref="CheckpointException">A file is damaged.</exception>
    public static bool IsAt(string directory) => AdapterDirectory.IsAt(directory) || PublishedPrefix.IsAt(directory);

    /// <summary>The adapter in a directory that a stage reads: the whole one, or where a run wrote parts, the stage's own part.</summary>
    /// <returns>its directory; null if there is none</returns>
    /// <exception cref="CheckpointException">A file is damaged.</exception>
    public static string? Find(string directory, StageName stage)
    {
        string[] places = [directory, TrainedParts.PartPath(directory, stage)];
        return places.FirstOrDefault(IsAt);
    }

    /// <returns>The adapter, its tensors on the CPU and in the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">A file is missing or damaged, or asks for what is not supported.</exception>
    public static Adapter Read(string directory) =>
        PublishedPrefix.IsAt(directory) ? PublishedPrefix.Read(directory) : AdapterDirectory.Read(directory);

    /// <inheritdoc cref="AdapterDirectory.Hashes"/>
    internal static IEnumerable<(string Name, byte[] Hash)> Hashes(string directory, TensorHashes hashes, CancellationToken ct) =>
        PublishedPrefix.IsAt(directory) ? PublishedPrefix.Hashes(directory, hashes, ct) : AdapterDirectory.Hashes(directory, hashes, ct);
}
