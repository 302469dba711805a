using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Cli.Inspection;

/// <summary>Looks at whatever a path holds.</summary>
internal static class Inspector
{
    /// <summary>A checkpoint directory, an adapter directory, or a tensor file.</summary>
    /// <param name="path">what to look at</param>
    /// <param name="split">where to cut; null = one block at each end, as in the paper, as far as there are blocks</param>
    /// <exception cref="CheckpointException">there is nothing to inspect, or it is damaged</exception>
    public static Inspection Inspect(string path, SplitSettings? split)
    {
        if (AdapterForms.IsAt(path))
            return AdapterInspector.Inspect(path, split);
        if (File.Exists(Path.Combine(path, "config.json")))
            return CheckpointInspector.Inspect(path, split);
        if (!Directory.Exists(path))
            return InspectFile(path);
        throw new CheckpointException(path, $"'{path}' holds neither config.json nor adapter_config.json; name a checkpoint, an adapter or a tensor file.");
    }

    internal static SplitPlan Plan(int blocks, SplitSettings? split)
    {
        var head = Math.Min(1, blocks);
        return new SplitPlan(blocks, split ?? new SplitSettings { Head = head, Tail = Math.Min(1, blocks - head) });
    }

    private static Inspection InspectFile(string path)
    {
        using var file = TensorFile.Open(path);
        return new Inspection(path, "file", Path.GetExtension(path).TrimStart('.'), [], [.. file.Tensors.Values.Select(InspectedTensor.Of)], []);
    }
}
