using System.Text.Json;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// The checkpoints of a run, from which it can be resumed: a directory each, with tensors and a state. <c>index.json</c> names the complete ones
/// with their hashes; it is renamed over when one is complete, so that a crash at any moment leaves the old ones whole.
/// </summary>
internal sealed class CheckpointStore
{
    private const string IndexName = "index.json";
    private const string Unfinished = ".tmp";
    private const int Format = 1;
    private volatile List<Entry> _entries;

    /// <param name="path">the folder of all checkpoints; it need not exist</param>
    /// <exception cref="CheckpointException">Its index cannot be read.</exception>
    public CheckpointStore(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        _entries = [.. File.Exists(IndexPath) ? ReadIndex() : []];
    }

    public string Path { get; }

    /// <summary>The complete checkpoints, the oldest first.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Select(entry => entry.Name)];

    /// <summary>Called after every change on the disk, for tests of crashes.</summary>
    internal Action? AfterChange { get; init; }

    private string IndexPath => System.IO.Path.Combine(Path, IndexName);

    /// <summary>Opens the folder of a run.</summary>
    /// <param name="resumes">it may have checkpoints, with which the run goes on</param>
    /// <exception cref="ConfigurationException">It has some, and the run begins.</exception>
    public static CheckpointStore OpenFor(string path, bool resumes)
    {
        var store = new CheckpointStore(path);
        if (!resumes)
            store.ExpectUnused();
        return store;
    }

    /// <summary>The states of the checkpoints up to the one to go on from, which must be whole; a damaged one before it is left out.</summary>
    /// <param name="from">empty = the newest</param>
    /// <param name="side">that has written them</param>
    public IReadOnlyDictionary<string, T> StatesUpTo<T>(string from, string side)
        where T : RunProgress
    {
        var states = new Dictionary<string, T>(StringComparer.Ordinal);
        if (from.Length == 0 && _entries.Count == 0)
            return states;
        var last = from.Length > 0 ? from : Names[^1];
        var newest = Open(last).State<T>(side);
        foreach (var name in Names.TakeWhile(name => name != last))
        {
            try
            {
                states.Add(name, Open(name).State<T>(side));
            }
            catch (CheckpointException)
            {
                // Nobody can go back to it.
            }
        }

        states.Add(last, newest);
        return states;
    }

    /// <summary>The folder of a run that begins.</summary>
    /// <exception cref="ConfigurationException">It has checkpoints of another run.</exception>
    public void ExpectUnused()
    {
        if (_entries.Count > 0)
            throw new ConfigurationException("run.directory", $"'{Path}' has the checkpoints of a run, up to '{Names[^1]}'; go on with it (--resume), or name another directory.");
    }

    /// <summary>Writes a checkpoint, which is the newest from then on. One of the same name is replaced.</summary>
    /// <param name="state">what it has beside tensors: a <see cref="RunProgress"/> that <see cref="JsonSerializer"/> can write and read</param>
    /// <param name="files">the tensors of each file, which has their name and the ending <c>.safetensors</c></param>
    /// <exception cref="CheckpointException">The disk refuses; the checkpoints before are as they were.</exception>
    public void Write(string name, RunProgress state, IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>> files) => AtomicFile.Guard(Path, () =>
    {
        Directory.CreateDirectory(Path);
        DeleteUnnamed();
        var temporary = DirectoryOf($".{name}{Unfinished}");
        try
        {
            Directory.CreateDirectory(temporary);
            AfterChange?.Invoke();
            foreach (var (file, tensors) in files)
                SafetensorsWriter.Write(StoredCheckpoint.FileIn(temporary, file), tensors);
            StoredCheckpoint.WriteState(temporary, state, files.Keys);
            AfterChange?.Invoke();
            var folder = UnusedName(name);
            Directory.Move(temporary, DirectoryOf(folder));
            FileSystem.FlushDirectory(Path);
            AfterChange?.Invoke();
            Change([.. _entries.Where(entry => entry.Name != name), new Entry(name, folder, StoredCheckpoint.HashOfState(DirectoryOf(folder)))]);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    });

    /// <summary>Opens a checkpoint after all its hashes have been compared.</summary>
    /// <exception cref="CheckpointException">There is none of this name, or a file of it is missing, torn or changed; the message names the one before.</exception>
    public StoredCheckpoint Open(string name)
    {
        var entries = _entries;
        var index = entries.FindIndex(entry => entry.Name == name);
        if (index < 0)
            throw new CheckpointException(Path, $"'{Path}' has no checkpoint '{name}'{(entries.Count > 0 ? $"; it has {string.Join(", ", Names)}" : "")}.");
        try
        {
            return StoredCheckpoint.Open(name, DirectoryOf(entries[index].Folder), entries[index].Sha256);
        }
        catch (CheckpointException e)
        {
            var before = index > 0 ? $" The one before is '{entries[index - 1].Name}'." : " There is none before it.";
            throw new CheckpointException(e.Path, e.Message + before, inner: e);
        }
    }

    /// <summary>The directory of a checkpoint.</summary>
    public string FolderOf(string name) => DirectoryOf(_entries.Single(entry => entry.Name == name).Folder);

    /// <summary>Removes those that are newer than one.</summary>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public void RemoveAfter(string name)
    {
        var names = Names;
        Remove(names.SkipWhile(each => each != name).Skip(1).Contains);
    }

    /// <summary>Removes checkpoints; the index goes first.</summary>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public void Remove(Func<string, bool> isOld) => AtomicFile.Guard(Path, () =>
    {
        if (_entries.Exists(entry => isOld(entry.Name)))
            Change([.. _entries.Where(entry => !isOld(entry.Name))]);
    });

    /// <summary>Writes another index, then deletes what it does not name.</summary>
    private void Change(List<Entry> entries)
    {
        JsonFile.Write(IndexPath, new Index(Format, entries));
        _entries = entries;
        AfterChange?.Invoke();
        DeleteUnnamed();
        AfterChange?.Invoke();
    }

    /// <summary>What was removed, and what a crash has left: checkpoints that the index does not name, and unfinished ones. Anything else in the folder stays.</summary>
    private void DeleteUnnamed()
    {
        foreach (var directory in Directory.EnumerateDirectories(Path))
        {
            var name = System.IO.Path.GetFileName(directory);
            if (!_entries.Exists(entry => entry.Folder == name) && ((name is ['.', ..] && name.EndsWith(Unfinished, StringComparison.Ordinal)) || StoredCheckpoint.IsAt(directory)))
                Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The name itself, or where the checkpoint that is replaced has it, another.</summary>
    private string UnusedName(string name) =>
        Enumerable.Range(2, int.MaxValue - 2).Select(n => $"{name}.{n}").Prepend(name).First(folder => !Directory.Exists(DirectoryOf(folder)) && !File.Exists(DirectoryOf(folder)));

    private string DirectoryOf(string folder) => System.IO.Path.Combine(Path, folder);

    private IReadOnlyList<Entry> ReadIndex()
    {
        try
        {
            var index = JsonFile.ReadObject(IndexPath).Deserialize<Index>();
            if (index is { Format: Format, Checkpoints: { } entries } && entries.All(IsWhole))
                return entries;
        }
        catch (JsonException e)
        {
            throw new CheckpointException(IndexPath, $"'{IndexPath}' is no index of checkpoints of this version: {e.Message}", inner: e);
        }

        throw new CheckpointException(IndexPath, $"'{IndexPath}' is no index of checkpoints of this version.");
    }

    private static bool IsWhole(Entry? entry) => entry is { Name.Length: > 0, Folder.Length: > 0, Sha256.Length: > 0 } && System.IO.Path.GetFileName(entry.Folder) == entry.Folder;

    private sealed record Index(int Format, IReadOnlyList<Entry> Checkpoints);

    private sealed record Entry(string Name, string Folder, string Sha256);
}
