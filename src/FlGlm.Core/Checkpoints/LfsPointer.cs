using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>Recognises what Git leaves in the place of a large file that Git LFS has not fetched.</summary>
internal static class LfsPointer
{
    internal const int MostBytes = 1024;

    private static ReadOnlySpan<byte> Beginning => "version https://git-lfs.github.com/spec/"u8;

    /// <param name="content">a whole file, or its beginning</param>
    public static bool Is(ReadOnlySpan<byte> content) => content.Length <= MostBytes && content.StartsWith(Beginning);

    /// <summary>What to do about one.</summary>
    public static string Message(string path) => $"'{path}' is a Git LFS pointer, not the file itself: run `git lfs pull` where it was cloned, or download the file.";

    /// <summary>Reads a whole small file of a checkpoint.</summary>
    /// <exception cref="CheckpointException">The file is a pointer.</exception>
    public static byte[] ReadFile(string path)
    {
        var content = File.ReadAllBytes(path);
        return Is(content) ? throw new CheckpointException(path, Message(path)) : content;
    }
}
