using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>A checkpoint of a run as a person sees it.</summary>
/// <param name="Name">what it is called</param>
/// <param name="Side">the command that goes on with it: <c>train</c>, <c>server</c> or <c>client</c>; empty = unknown, since it is damaged</param>
/// <param name="Step">steps taken</param>
/// <param name="Round">the round that goes on, counted from 1</param>
/// <param name="Bytes">of its files</param>
/// <param name="Written">when, by the machine's clock</param>
/// <param name="Problem">why it cannot be used; null = it is whole</param>
public sealed record CheckpointSummary(string Name, string Side, long Step, int Round, long Bytes, DateTime Written, string? Problem)
{
    /// <summary>The checkpoints in a folder, the oldest first. Every file is read, and its hash compared.</summary>
    /// <param name="folder">as <c>Checkpoints</c> of the options names it; it need not exist</param>
    /// <exception cref="CheckpointException">Its index cannot be read.</exception>
    public static IReadOnlyList<CheckpointSummary> ReadAll(string folder)
    {
        var store = new CheckpointStore(folder);
        return [.. store.Names.Select(name => Read(store, name))];
    }

    /// <summary>Checks that a folder has none, as a run that begins expects.</summary>
    /// <returns>false where it has some and <paramref name="resume"/> is set</returns>
    /// <exception cref="ConfigurationException">It has some, and <paramref name="resume"/> is not set.</exception>
    /// <exception cref="CheckpointException">Its index cannot be read.</exception>
    public static bool IsUnused(string folder, bool resume)
    {
        var store = new CheckpointStore(folder);
        if (!resume)
            store.ExpectUnused();
        return store.Names.Count == 0;
    }

    private static CheckpointSummary Read(CheckpointStore store, string name)
    {
        var directory = new DirectoryInfo(store.FolderOf(name));
        var bytes = directory.Exists ? directory.EnumerateFiles().Sum(file => file.Length) : 0;
        var summary = new CheckpointSummary(name, "", 0, 0, bytes, directory.LastWriteTimeUtc, null);
        try
        {
            var progress = store.Open(name).State<RunProgress>();
            return summary with { Side = progress.Side, Step = progress.Step, Round = progress.Round };
        }
        catch (CheckpointException e)
        {
            return summary with { Problem = e.Message };
        }
    }
}
