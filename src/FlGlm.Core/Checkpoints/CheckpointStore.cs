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
    private readonly List<Entry> _entries;

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

    private string IndexPath => System.IO.Path.Combine(Path, IndexName);

    /// <summary>Writes a checkpoint, which is the newest from then on. One of the same name is replaced.</summary>
    /// <param name="state">what it has beside tensors: a record that <see cref="JsonSerializer"/> can write and read</param>
    /// <param name="files">the tensors of each file, which has their name and the ending <c>.safetensors</c></param>
    /// <exception cref="CheckpointException">The disk refuses; the checkpoints before are as they were.</exception>
    public void Write(string name, object state, IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>> files)
    {
        AtomicFile.Guard(Path, () =>
        {
            Directory.CreateDirectory(Path);
            DeleteUnfinished();
            var temporary = DirectoryOf($".{name}{Unfinished}");
            Directory.CreateDirectory(temporary);
            foreach (var (file, tensors) in files)
                SafetensorsWriter.Write(StoredCheckpoint.FileIn(temporary, file), tensors);
            StoredCheckpoint.WriteState(temporary, state, files.Keys);
            Forget(other => other == name);
            Directory.Move(temporary, DirectoryOf(name));
            FileSystem.FlushDirectory(Path);
            _entries.Add(new Entry(name, StoredCheckpoint.HashOfState(DirectoryOf(name))));
            WriteIndex();
        });
    }

    /// <summary>Opens a checkpoint after all its hashes have been compared.</summary>
    /// <exception cref="CheckpointException">There is none of this name, or a file of it is missing, torn or changed; the message names the one before.</exception>
    public StoredCheckpoint Open(string name)
    {
        var index = _entries.FindIndex(entry => entry.Name == name);
        if (index < 0)
            throw new CheckpointException(Path, $"'{Path}' has no checkpoint '{name}'{(_entries.Count > 0 ? $"; it has {string.Join(", ", Names)}" : "")}.");
        try
        {
            return StoredCheckpoint.Open(DirectoryOf(name), _entries[index].Sha256);
        }
        catch (CheckpointException e)
        {
            var before = index > 0 ? $" The one before is '{_entries[index - 1].Name}'." : " There is none before it.";
            throw new CheckpointException(e.Path, e.Message + before, inner: e);
        }
    }

    /// <summary>Removes checkpoints; the index goes first.</summary>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public void Remove(Func<string, bool> isOld) => AtomicFile.Guard(Path, () =>
    {
        if (_entries.Exists(entry => isOld(entry.Name)))
            Forget(isOld);
    });

    private void Forget(Func<string, bool> isOld)
    {
        string[] old = [.. Names.Where(isOld)];
        if (old.Length == 0)
            return;
        _entries.RemoveAll(entry => old.Contains(entry.Name));
        WriteIndex();
        foreach (var name in old)
            Directory.Delete(DirectoryOf(name), recursive: true);
    }

    /// <summary>What a crash has left: directories that the index does not name.</summary>
    private void DeleteUnfinished()
    {
        foreach (var directory in Directory.EnumerateDirectories(Path).Where(directory => !Names.Contains(System.IO.Path.GetFileName(directory))))
            Directory.Delete(directory, recursive: true);
    }

    private string DirectoryOf(string name) => System.IO.Path.Combine(Path, name);

    private void WriteIndex() => JsonFile.Write(IndexPath, new Index(_entries));

    private IReadOnlyList<Entry> ReadIndex()
    {
        try
        {
            var index = JsonFile.ReadObject(IndexPath).Deserialize<Index>();
            if (index?.Checkpoints is { } entries && entries.All(entry => entry is { Name.Length: > 0, Sha256.Length: > 0 } && System.IO.Path.GetFileName(entry.Name) == entry.Name))
                return entries;
        }
        catch (JsonException e)
        {
            throw new CheckpointException(IndexPath, $"'{IndexPath}' is no index of checkpoints: {e.Message}", inner: e);
        }

        throw new CheckpointException(IndexPath, $"'{IndexPath}' is no index of checkpoints.");
    }

    private sealed record Index(IReadOnlyList<Entry> Checkpoints);

    private sealed record Entry(string Name, string Sha256);
}
