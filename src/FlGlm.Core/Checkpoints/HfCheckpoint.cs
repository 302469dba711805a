using System.Text.Json;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// A Hugging Face model directory: <c>config.json</c>, and the weights in <c>model.safetensors</c>, in shards with
 /// <c>model.safetensors.index.json</c>, in <c>pytorch_model.bin</c>, or in shards with <c>pytorch_model.bin.index.json</c>, the first one
 /// found. A shard is opened when one of its tensors is read, so shards whose tensors are not read may be missing.
/// </summary>
public sealed class HfCheckpoint : IDisposable
{
    private static readonly string[] WeightFiles = ["model.safetensors", "pytorch_model.bin"];

    private readonly Dictionary<string, ITensorFile> _open = [];
    private readonly IReadOnlyDictionary<string, string> _fileOf;
    private readonly string _listedIn;
    private int _reading;

    private HfCheckpoint(string directory, JsonElement config, string listedIn, IReadOnlyDictionary<string, string> fileOf)
    {
        Directory = directory;
        Config = config;
        _listedIn = listedIn;
        _fileOf = fileOf;
    }

    /// <summary>The folder with <c>config.json</c> and the weights, as it was given.</summary>
    public string Directory { get; }

    /// <summary>The root of <c>config.json</c>.</summary>
    public JsonElement Config { get; }

    /// <summary>Every tensor of the model, also those whose shard is missing.</summary>
    public IEnumerable<string> Names => _fileOf.Keys;

    /// <summary>Opens a directory: reads its configuration and the list of its tensors.</summary>
    /// <exception cref="CheckpointException">There is no model in it, or one of the files read is damaged.</exception>
    public static HfCheckpoint Open(string directory)
    {
        AtomicDirectory.Recover(directory);
        var config = JsonFile.ReadObject(Path.Combine(directory, "config.json"));
        foreach (var name in WeightFiles)
        {
            var single = Path.Combine(directory, name);
            if (File.Exists(single))
            {
                var file = TensorFile.Open(single);
                var fileOf = file.Tensors.Keys.ToDictionary(tensor => tensor, _ => name);
                return new HfCheckpoint(directory, config, single, fileOf) { _open = { [name] = file } };
            }

            var index = single + ".index.json";
            if (File.Exists(index))
                return new HfCheckpoint(directory, config, index, ShardIndex.Read(index));
        }

        throw new CheckpointException(
            directory,
            $"'{directory}' holds no model: neither {string.Join(" nor ", WeightFiles)}, nor an index of shards. Check the path.");
    }

    /// <summary>Whether a directory holds weights, or an index of them.</summary>
    public static bool HasWeights(string directory) =>
        WeightFiles.Any(name => Path.Combine(directory, name) is var path && (File.Exists(path) || File.Exists(path + ".index.json")));

    /// <summary>True if the model has such a tensor, even if its shard is missing.</summary>
    public bool Contains(string name) => _fileOf.ContainsKey(name);

    /// <summary>True if the model has such a tensor and its file exists.</summary>
    public bool IsAvailable(string name) => _fileOf.TryGetValue(name, out var file) && File.Exists(Path.Combine(Directory, file));

    /// <summary>The name of the file that holds a tensor.</summary>
    /// <exception cref="CheckpointException">The model has no such tensor.</exception>
    public string FileOf(string name) => _fileOf.TryGetValue(name, out var file) ? file : throw Missing(name, neededBy: null);

    /// <summary>How a tensor is stored.</summary>
    /// <exception cref="CheckpointException">There is no such tensor, or its shard is missing or damaged.</exception>
    public TensorInfo Info(string name) => WhileOpen(() => Find(name, neededBy: null).Info);

    /// <summary>Reads one tensor into the CPU's memory, as it is stored.</summary>
    /// <param name="name">The published name.</param>
    /// <param name="expectedShape">The shape according to the model's configuration.</param>
    /// <param name="neededBy">The part that needs it, for messages: <c>tail, layers 3..3</c>.</param>
    /// <returns>A new tensor of the expected shape and the stored type, in the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">The tensor or its shard is missing or damaged, of another shape, or not finite.</exception>
    public Tensor Read(string name, long[] expectedShape, string neededBy) => WhileOpen(() =>
    {
        var (file, info) = Find(name, neededBy);
        if (!info.ElementType.IsFloat())
        {
            throw new CheckpointException(
                file.Path,
                $"'{file.Path}' stores '{name}' as {info.ElementType.FormatName()}: whole numbers are quantised weights, which cannot be loaded. Use the float16 or bfloat16 checkpoint.",
                name);
        }

        return info.Shape.AsSpan().SequenceEqual(expectedShape)
            ? file.Read(name)
            : throw new CheckpointException(
                file.Path,
                $"'{name}' in '{file.Path}' has the shape {TensorInfo.Show(info.Shape)}, and config.json says "
                + $"{TensorInfo.Show(expectedShape)} (needed by {neededBy}). Use the config.json that belongs to these weights.",
                name);
    });

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, of the sorted names of all tensors and of nothing else. A side without every shard
 /// can read only the names: types and shapes are in the shards and follow from the configuration, which the model's code adds. The
 /// value does not depend on the format or on the number of shards.
    /// </summary>
    public string DirectoryFingerprint() => TensorFingerprint.OfNames(Names);

    /// <summary>SHA-256 of tensors as they are stored, of those whose files are there; a file that is no tensor file counts as missing.</summary>
    public IEnumerable<(string Name, byte[] Hash)> Hashes(IEnumerable<string> names, TensorHashes hashes, CancellationToken ct)
    {
        foreach (var file in names.Where(IsAvailable).GroupBy(FileOf))
        {
            IReadOnlyDictionary<string, byte[]> held;
            try
            {
                held = hashes.Of(Path.Combine(Directory, file.Key), ct);
            }
            catch (CheckpointException)
            {
                continue; // such as a pointer that stands for a large file
            }

            foreach (var name in file.Where(held.ContainsKey))
                yield return (name, held[name]);
        }
    }

    /// <summary>Closes the open files once no other thread reads them; a later read opens them again.</summary>
    public void CloseFiles()
    {
        lock (_open)
        {
            while (_reading > 0)
                Monitor.Wait(_open);
            foreach (var file in _open.Values)
                file.Dispose();
            _open.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CloseFiles();

    /// <summary>Reads while <see cref="CloseFiles"/> waits.</summary>
    private T WhileOpen<T>(Func<T> read)
    {
        lock (_open)
            _reading++;
        try
        {
            return read();
        }
        finally
        {
            lock (_open)
            {
                _reading--;
                Monitor.PulseAll(_open);
            }
        }
    }

    private (ITensorFile File, TensorInfo Info) Find(string name, string? neededBy)
    {
        if (!_fileOf.TryGetValue(name, out var fileName))
            throw Missing(name, neededBy);
        var path = Path.Combine(Directory, fileName);
        if (!File.Exists(path))
        {
            throw new CheckpointException(
                path, $"'{path}' is missing: '{_listedIn}' says that it holds '{name}'{For(neededBy)}. Copy it there.", name);
        }

        var file = OpenFile(fileName);
        return file.Tensors.TryGetValue(name, out var info)
            ? (file, info)
            : throw new CheckpointException(
                path, $"'{path}' has no '{name}'{For(neededBy)}, though '{_listedIn}' says so. Copy the shard again.", name);
    }

    private ITensorFile OpenFile(string fileName)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(fileName, out var file))
                _open[fileName] = file = TensorFile.Open(Path.Combine(Directory, fileName));
            return file;
        }
    }

    private CheckpointException Missing(string name, string? neededBy) =>
        new(_listedIn, $"'{_listedIn}' has no '{name}'{For(neededBy)}. `flglm inspect {Directory}` lists what it holds.", name);

    private static string For(string? neededBy) => neededBy is null ? "" : $" (needed by {neededBy})";
}
