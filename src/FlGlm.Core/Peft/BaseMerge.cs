using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>
/// Adds a LoRA adapter to its base model: W + scale B A, computed in float32, and the modules that the adapter holds whole. The result is a
/// checkpoint that needs no adapter. Tensors are read and written one by one, so the model is never in memory as a whole.
/// </summary>
public static class BaseMerge
{
    /// <param name="named">one whole adapter, or the parts of one, in any order, or directories that hold them as <see cref="TrainedParts"/> writes them</param>
    /// <param name="base">the base model's directory; the files of its tokenizer and generation settings are copied</param>
    /// <param name="target">the directory to write, not the base's</param>
    /// <param name="type">of the stored weights; null = each as the base stores it</param>
    /// <exception cref="CheckpointException">a file is damaged, the adapter cannot be merged or does not fit the base, or the disk refuses</exception>
    public static MergedModel Write(IReadOnlyList<string> named, string @base, string target, ElementType? type = null)
    {
        if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(@base)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)))
            throw new CheckpointException(target, $"'{target}' is the base model itself, which is read while the result is written; write to another directory.");
        var parts = TrainedParts.Find(named);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var checkpoint = HfCheckpoint.Open(@base);
        var family = ModelFamily.Of(checkpoint);
        var adapter = Read(parts);
        var (modules, tensors) = (new LoraModules((LoraAdapterConfig)adapter.Config), Unscoped(adapter));
        Check(parts[0], family, tensors);
        TensorInfo[] infos = [.. family.Tensors.Select(spec => TensorInfo.Of(spec.Name, type ?? checkpoint.Info(spec.Name).ElementType, spec.Shape))];
        var types = infos.ToDictionary(info => info.Name, info => info.ElementType);
        var config = type is null ? checkpoint.Config : ConfigDtype.Restate(checkpoint.Config, type.Value);
        HfCheckpointWriter.Write(
            target, config, infos, name => Value(checkpoint, types[name], tensors, modules, family.Tensors.First(spec => spec.Name == name)), @base);
        return new MergedModel(
            infos.Length,
            tensors.Keys.Count(name => name.EndsWith(".lora_A.weight", StringComparison.Ordinal)),
            tensors.Keys.Count(name => !Lora.IsMatrix(name)),
            infos.Sum(info => info.ByteLength),
            [.. infos.CountBy(info => info.ElementType).OrderByDescending(count => count.Value).Select(count => count.Key)],
            [.. AdapterWarnings.Lines(parts[0], checkpoint)]);
    }

    private static Adapter Read(IReadOnlyList<string> parts)
    {
        if (parts.FirstOrDefault(part => !AdapterDirectory.IsAt(part) && !PublishedPrefix.IsAt(part)) is { } none)
            throw new CheckpointException(none, $"'{none}' holds no adapter_config.json; name an adapter, or the parts of one.");
        if (parts.FirstOrDefault(part => PublishedPrefix.IsAt(part) || AdapterDirectory.ReadConfig(part) is PrefixAdapterConfig) is { } prefix)
        {
            throw new CheckpointException(
                prefix, $"'{prefix}' holds a prefix, which is no change of weights and cannot be merged into a base model; use it with peft.start.");
        }

        List<Adapter> read = [.. parts.Select(AdapterDirectory.Read)];
        return read is [{ Config.Part: null } whole] ? whole : AdapterMerge.Join(read);
    }

    private static Dictionary<string, Tensor> Unscoped(Adapter adapter) =>
        adapter.Tensors.ToDictionary(tensor => tensor.Key[Lora.StoredScope.Length..], tensor => tensor.Value);

    private static void Check(string directory, ModelFamily family, Dictionary<string, Tensor> tensors)
    {
        AdapterFit.ExpectKnown(directory, family, tensors.Keys.Where(Lora.IsMatrix).Select(Lora.ModuleOf).Distinct());
        var weights = Lora.Weights(family, new BlockRange(0, family.Shape.Blocks));
        foreach (var (name, tensor) in tensors)
        {
            if (!Lora.IsMatrix(name))
                ExpectWhole(directory, family, name, tensor);
            else if (weights[Lora.ModuleOf(name)].Shape is var shape && (name.EndsWith("A.weight", StringComparison.Ordinal) ? tensor.shape[1] != shape[1] : tensor.shape[0] != shape[0]))
                throw OtherShape(directory, name);
        }
    }

    private static void ExpectWhole(string directory, ModelFamily family, string name, Tensor tensor)
    {
        if (family.Shape.TiedHead)
        {
            throw new CheckpointException(
                directory, $"'{directory}' holds '{name}' whole, but the base model's LM head is its embedding (tied); such an adapter cannot be merged.", name);
        }

        if (name != family.EmbeddingName && name != family.LmHeadName)
            throw new CheckpointException(directory, $"'{directory}' holds '{name}', which is neither embedding nor LM head of this base model; use an adapter of it.", name);
        if (!tensor.shape.AsSpan().SequenceEqual([family.Shape.Vocabulary, family.Shape.Hidden]))
            throw OtherShape(directory, name);
    }

    private static CheckpointException OtherShape(string directory, string name) =>
        new(directory, $"'{name}' in '{directory}' has another shape than the base model's; use an adapter of this base model.", name);

    /// <summary>One tensor of the result, in the caller's dispose scope.</summary>
    private static Tensor Value(HfCheckpoint checkpoint, ElementType type, Dictionary<string, Tensor> tensors, LoraModules modules, TensorSpec spec)
    {
        using var scope = NewDisposeScope();
        var module = spec.Name[..spec.Name.LastIndexOf('.')];
        var value = tensors.TryGetValue(spec.Name, out var whole) ? whole.alias() : checkpoint.Read(spec.Name, spec.Shape, "the merged model");
        if (spec.Name.EndsWith(".weight", StringComparison.Ordinal) && tensors.TryGetValue(module + ".lora_A.weight", out var a))
            value = value.to(float32).Plus(tensors[module + ".lora_B.weight"].to(float32).mm(a.to(float32)).TimesInPlace(modules.Of(module)!.Value.Scale));
        var stored = value.to(type.ToScalarType());
        if (!(stored.min().isfinite().item<bool>() && stored.max().isfinite().item<bool>()))
            throw new CheckpointException(checkpoint.Directory, $"'{spec.Name}' is too large for {type.ToScalarType()}; merge with another --dtype.", spec.Name);
        return stored.MoveToOuterDisposeScope();
    }
}
