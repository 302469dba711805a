using System.Text.Json.Nodes;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Joins the adapter parts of head, middle and tail into one adapter.</summary>
public static class AdapterMerge
{
    /// <summary>
    /// The whole adapter: for LoRA all matrices of the parts, for a prefix the parts' columns in block order. The encoder of a projected
    /// prefix is not joined.
    /// </summary>
    /// <param name="parts">Parts (<see cref="AdapterConfig.Part"/>) in any order that together cover every block exactly once.</param>
    /// <returns>The adapter; for LoRA it shares the parts' tensors, a prefix is a new tensor in the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">The parts differ in kind, size or run, or blocks are missing or covered twice.</exception>
    public static Adapter Join(IReadOnlyCollection<Adapter> parts)
    {
        var ordered = Order(parts);
        var config = ordered[0].Config;
        foreach (var part in ordered)
            CheckSame(config, part.Config);
        CheckOneRun(ordered.Select(part => (part.Config.Part!.ToString(), part.Config.RunId)));
        var whole = config with { Part = null, RunId = null };
        return new Adapter(whole, whole is LoraAdapterConfig lora ? JoinLora(lora, ordered) : JoinPrefix(ordered));
    }

    /// <summary>Refuses parts of which two say that different runs wrote them.</summary>
    /// <param name="parts">Each part's name for the message, and its run where that is known.</param>
    internal static void CheckOneRun(IEnumerable<(string Name, string? RunId)> parts)
    {
        var known = parts.Where(part => part.RunId is not null).DistinctBy(part => part.RunId).ToList();
        if (known is [var one, var other, ..])
            throw new CheckpointException("parts", $"The parts cannot be joined: {one.Name} is of run {one.RunId}, and {other.Name} of run {other.RunId}. Name parts of one run.");
    }

    private static List<Adapter> Order(IReadOnlyCollection<Adapter> parts)
    {
        if (parts.Count == 0)
            throw Unfit("there are none");
        if (parts.Any(part => part.Config.Part is null))
            throw Unfit("one of them is a whole adapter, with no flglm_blocks in its adapter_config.json");
        List<Adapter> ordered = [.. parts.OrderBy(part => part.Config.Part!.First).ThenBy(part => part.Config.Part!.Last)];
        var total = ordered[0].Config.Part!.Total;
        var next = 0;
        foreach (var part in ordered.Select(adapter => adapter.Config.Part!))
        {
            if (part.Total != total)
                throw Unfit($"they are of models with {total} and {part.Total} blocks");
            if (part.First < next)
                throw Unfit($"blocks {part.First}..{Math.Min(next - 1, part.Last)} are there twice");
            if (part.First > next)
                throw Unfit($"blocks {next}..{part.First - 1} are missing");
            next = part.Last + 1;
        }

        return next == total ? ordered : throw Unfit($"blocks {next}..{total - 1} are missing");
    }

    /// <summary>Every setting must agree except the blocks, the run (<see cref="CheckOneRun"/>) and the path of the base model.</summary>
    private static void CheckSame(AdapterConfig one, AdapterConfig other)
    {
        var settings = AdapterConfigFile.ToJson(one with { Part = null, BaseModel = null });
        var others = AdapterConfigFile.ToJson(other with { Part = null, BaseModel = null });
        foreach (var (key, value) in settings)
        {
            if (!JsonNode.DeepEquals(value, others[key]))
                throw Unfit($"'{key}' is {Show(value)} for {one.Part} and {Show(others[key])} for {other.Part}");
        }
    }

    private static string Show(JsonNode? value) => value?.ToJsonString() ?? "not set";

    private static Dictionary<string, Tensor> JoinLora(LoraAdapterConfig config, IEnumerable<Adapter> parts)
    {
        var joined = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in parts.SelectMany(part => part.Tensors))
        {
            if (!joined.TryAdd(name, tensor))
                throw Unfit($"'{name}' is there twice");
        }

        return AdapterCheck.MissingModule(config, joined.Keys) is { } missing ? throw Unfit($"no part holds '{missing}', which modules_to_save names") : joined;
    }

    private static Dictionary<string, Tensor> JoinPrefix(IEnumerable<Adapter> parts) => new()
    {
        [PrefixAdapterConfig.TensorName] = cat(parts.Select(part => part.Tensors[PrefixAdapterConfig.TensorName]).ToArray(), dim: 1),
    };

    private static CheckpointException Unfit(string why) => new("adapter parts", $"the adapter parts cannot be joined: {why}.");
}
