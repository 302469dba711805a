using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;

namespace FlGlm.Cli.Inspection;

/// <summary>Inspects any supported path.</summary>
internal static class Inspector
{
    /// <summary>A checkpoint directory, with or without weights, an adapter directory, a config.json, or a tensor file.</summary>
    /// <exception cref="CheckpointException">there is nothing to inspect, or it is damaged</exception>
    public static Inspection Inspect(string path, InspectionSettings settings)
    {
        if (Path.GetExtension(path) == ".json")
            return ConfigInspector.Inspect(path, path, settings);
        if (AdapterFormats.IsAt(path))
            return AdapterInspector.Inspect(path, settings.Split);
        if (Path.Combine(path, "config.json") is var config && File.Exists(config))
            return HfCheckpoint.HasWeights(path) ? CheckpointInspector.Inspect(path, settings) : ConfigInspector.Inspect(path, config, settings);
        if (!Directory.Exists(path))
            return InspectFile(path);
        throw new CheckpointException(path, $"'{path}' holds neither config.json nor adapter_config.json; name a checkpoint, an adapter or a tensor file.");
    }

    /// <param name="split">null = one block at each end, if the model has enough blocks</param>
    internal static SplitPlan Plan(int blocks, SplitSettings? split)
    {
        var head = Math.Min(1, blocks);
        return new SplitPlan(blocks, split ?? new SplitSettings { Head = head, Tail = Math.Min(1, blocks - head) });
    }

    private static Inspection InspectFile(string path)
    {
        if (Path.GetExtension(path) is ".yaml" or ".yml" or ".jsonl" or ".txt" or ".csv")
            throw new CheckpointException(path, $"'{path}' is no checkpoint, adapter or tensor file; a configuration is named with --config beside a checkpoint.");
        using var file = TensorFile.Open(path);
        return new Inspection(path, "file", Path.GetExtension(path).TrimStart('.'), [], [.. file.Tensors.Values.Select(InspectedTensor.Of)], []);
    }
}
