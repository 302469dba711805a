using System.Globalization;
using System.Text.RegularExpressions;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Cli.Inspection;

/// <summary>Inspects an adapter, PEFT's or a ChatGLM prefix, whole or a part.</summary>
internal static partial class AdapterInspector
{
    public static Inspection Inspect(string path, SplitSettings? split)
    {
        using var scope = NewDisposeScope();
        var adapter = AdapterFormats.Read(path);
        List<InspectedTensor> tensors = [.. adapter.Tensors.Select(tensor => InspectedTensor.Of(TensorInfo.Of(tensor.Key, tensor.Value)))];
        var whole = tensors.Where(tensor => adapter.Config is LoraAdapterConfig && !Lora.IsMatrix(tensor.Name)).ToLookup(OwnerOfWhole);
        var pieces = tensors.Except(whole.SelectMany(owner => owner))
            .SelectMany(tensor => PerBlock(adapter.Config, tensor)).ToLookup(piece => piece.Block, piece => piece.Tensor);
        var plan = Inspector.Plan(adapter.Config.Part?.Total ?? pieces.Max(piece => piece.Key) + 1, split);
        var parts = Enum.GetValues<StageName>().Select(stage =>
            InspectedPart.Of(stage, plan, [.. plan[stage].Indices.SelectMany(block => pieces[block]), .. whole[stage]]));
        return new Inspection(path, "adapter", Describe(adapter.Config), [.. parts], tensors, []);
    }

    /// <summary>Of the modules that an adapter holds whole, the embedding is the head's and the LM head the tail's.</summary>
    private static StageName OwnerOfWhole(InspectedTensor tensor) =>
        tensor.Name.Contains("embed", StringComparison.Ordinal) ? StageName.Head : StageName.Tail;

    /// <summary>LoRA names the block; a prefix holds the same number of columns for each of its blocks.</summary>
    private static IEnumerable<(int Block, InspectedTensor Tensor)> PerBlock(AdapterConfig config, InspectedTensor tensor)
    {
        if (config is not PrefixAdapterConfig prefix)
            return [(int.Parse(BlockNumber().Match(tensor.Name).Groups[1].Value, CultureInfo.InvariantCulture), tensor)];
        var (first, count) = prefix.Part is { } part ? (part.First, part.Count) : (0, prefix.Layers);
        return Enumerable.Range(first, count).Select(block => (block, tensor with { Parameters = tensor.Parameters / count, Bytes = tensor.Bytes / count }));
    }

    private static string Describe(AdapterConfig config)
    {
        var method = config switch
        {
            LoraAdapterConfig lora => string.Create(
                CultureInfo.InvariantCulture,
                $"LoRA, rank {lora.Rank}, alpha {lora.Alpha}{(lora.UseRslora ? ", rank-stabilised" : "")}, on {lora.TargetModules}")
                + (lora.ModulesToSave.Count > 0 ? $", with {string.Join(" and ", lora.ModulesToSave)} whole" : ""),
            PrefixAdapterConfig prefix => $"P-tuning v2, {prefix.VirtualTokens} positions, {prefix.Layers} blocks{(prefix.PrefixProjection ? ", made through a projection" : "")}",
            _ => config.GetType().Name,
        };
        return config.Part is { } part ? $"{method}; {part}" : method;
    }

    [GeneratedRegex(@"\.(\d+)\.")]
    private static partial Regex BlockNumber();
}
