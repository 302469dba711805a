using System.Text.Json;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>
/// A Hugging Face model directory: <c>config.json</c>, and the weights in <c>model.safetensors</c>, in shards with
/// <c>model.safetensors.index.json</c>, in <c>pytorch_model.bin</c>, or in shards with <c>pytorch_model.bin.index.json</c>, the first that
/// is there. A shard is opened when one of its tensors is wanted: shards that hold only others' tensors may be missing.
/// </summary>
public sealed class HfCheckpoint : IDisposable
{
    private static readonly string[] WeightFiles = ["model.safetensors", "pytorch_model.bin"];

    private readonly Lock _opening = new();
    private readonly Dictionary<string, ITensorFile> _open = [];
    private readonly IReadOnlyDictionary<string, string> _fileOf;
    private readonly string _listedIn;

    private HfCheckpoint(string directory, JsonElement config, string listedIn, IReadOnlyDictionary<string, string> fileOf)
    {
        Directory = directory;
        Config = config;
        _listedIn = listedIn;
        _fileOf = fileOf;
    }

    public string Directory { get; }

    /// <summary>The root of <c>config.json</c>.</summary>
    public JsonElement Config { get; }

    /// <summary>Every tensor of the model, whether or not its shard is here.</summary>
    public IEnumerable<string> Names => _fileOf.Keys;

    /// <summary>Opens a directory: reads its configuration and the list of its tensors.</summary>
    /// <exception cref="CheckpointException">There is no model in it, or one of the files read is damaged.</exception>
    public static HfCheckpoint Open(string directory)
    {
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

    /// <summary>True where the model has such a tensor, whether or not its shard is here.</summary>
    public bool Contains(string name) => _fileOf.ContainsKey(name);

    /// <summary>True where the model has such a tensor and the file that holds it is here.</summary>
    public bool IsAvailable(string name) => _fileOf.TryGetValue(name, out var file) && File.Exists(Path.Combine(Directory, file));

    /// <summary>The name of the file that holds a tensor.</summary>
    /// <exception cref="CheckpointException">The model has no such tensor.</exception>
    public string FileOf(string name) => _fileOf.TryGetValue(name, out var file) ? file : throw Missing(name, neededBy: null);

    /// <summary>How a tensor is stored.</summary>
    /// <exception cref="CheckpointException">There is no such tensor, or its shard is missing or damaged.</exception>
    public TensorInfo Info(string name) => Find(name, neededBy: null).Info;

    /// <summary>Reads one tensor into the CPU's memory, as it is stored.</summary>
    /// <param name="name">The published name.</param>
    /// <param name="expectedShape">What the model's configuration says.</param>
    /// <param name="neededBy">Who asks, for messages: <c>tail, layers 3..3</c>.</param>
    /// <returns>A new tensor of the expected shape and the stored type, in the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">The tensor or its shard is missing or damaged, of another shape, or not finite.</exception>
    public Tensor Read(string name, long[] expectedShape, string neededBy)
    {
        var (file, info) = Find(name, neededBy);
        return info.Shape.AsSpan().SequenceEqual(expectedShape)
            ? file.Read(name)
            : throw new CheckpointException(
                file.Path,
                $"'{name}' in '{file.Path}' has the shape {TensorInfo.Show(info.Shape)}, and config.json says "
                + $"{TensorInfo.Show(expectedShape)} (needed by {neededBy}). Use the config.json that belongs to these weights.",
                name);
    }

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, of the sorted names of all tensors and of nothing else. Names are all that a side without
    /// every shard knows: types and shapes stand in the shards and follow from the configuration, which the model's code adds. The
    /// same whether the model lies in one file or in shards, of whichever format.
    /// </summary>
    public string DirectoryFingerprint() => TensorFingerprint.OfNames(Names);

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, over the stored form of some tensors, sorted by name: name, type, shape and bytes of each.
    /// For tensors that both sides hold; the same weights stored in another type give another value.
    /// </summary>
    /// <exception cref="CheckpointException">One of the tensors is not at hand.</exception>
    public string ContentFingerprint(IEnumerable<string> names) =>
        TensorFingerprint.OfContent(names.Select(name => Find(name, "the fingerprint")));

    /// <summary>Closes the files that are open, whose mapped pages count as this process's memory; a later read opens them again.</summary>
    public void CloseFiles()
    {
        lock (_opening)
        {
            foreach (var file in _open.Values)
                file.Dispose();
            _open.Clear();
        }
    }

    public void Dispose() => CloseFiles();

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
        lock (_opening)
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
