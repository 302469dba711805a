using System.Security.Cryptography;
using System.Text;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;

namespace FlGlm.Core.Planning;

/// <summary>
/// SHA-256 of every tensor that a side has files of: those of the base model, also of stages that it does not load, and those of the adapter
/// that it starts from. Two sides compare them, since equal plans say nothing about values.
/// </summary>
public sealed class ModelContent
{
    private const string AdapterScope = "peft.start ";

    private readonly IReadOnlyDictionary<string, byte[]> _hashes;

    private ModelContent(IReadOnlyDictionary<string, byte[]> hashes) => _hashes = hashes;

    /// <summary>Of a side without files.</summary>
    public static ModelContent None { get; } = new(new Dictionary<string, byte[]>());

    /// <summary>Reads the files of a side. A file of the base model that is no tensor file counts as missing: a side needs only those that it loads.</summary>
    /// <exception cref="CheckpointException">A file of the adapter is damaged.</exception>
    public static ModelContent Read(HfCheckpoint checkpoint, ModelFamily family, PeftSettings peft, TensorHashes hashes, CancellationToken ct)
    {
        var content = new OrderedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, hash) in checkpoint.Hashes(family.Tensors.Select(tensor => tensor.Name), hashes, ct))
            content[name] = hash;
        foreach (var (name, hash) in peft.Start.Length > 0 ? OfAdapter(peft.Start, hashes, ct) : [])
            content[AdapterScope + name] = hash;
        return new ModelContent(content);
    }

    /// <summary>One SHA-256 of them all, in hexadecimal; empty of a side without files.</summary>
    public string Fingerprint => _hashes.Count == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(
        [.. _hashes.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).SelectMany(tensor => Encoding.UTF8.GetBytes(tensor.Key).Concat(tensor.Value))]));

    /// <summary>What travels: every tensor's name with the SHA-256 of the run's id and its content.</summary>
    public IReadOnlyList<(string Name, byte[] Hash)> ForRun(string runId)
    {
        var id = Encoding.UTF8.GetBytes(runId);
        return [.. _hashes.Select(tensor => (tensor.Key, SHA256.HashData([.. id, .. tensor.Value])))];
    }

    /// <summary>A tensor as it is named in a message, with what to do if the sides hold different ones.</summary>
    public static (string Tensor, string Advice) Describe(string name) => name.StartsWith(AdapterScope, StringComparison.Ordinal)
        ? ($"'{name[AdapterScope.Length..]}' of the adapter to start from", "Use the same adapter (peft.start) on both sides")
        : ($"'{name}' of the base model", "Use the same checkpoint (model.path) on both sides");

    private static IEnumerable<(string Name, byte[] Hash)> OfAdapter(string start, TensorHashes hashes, CancellationToken ct) => Enum.GetValues<StageName>()
        .Select(stage => AdapterFormats.Find(start, stage)).OfType<string>().Distinct()
        .SelectMany(directory => AdapterFormats.Hashes(directory, hashes, ct));
}
