using System.Text.RegularExpressions;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>Checks that an adapter's file holds the tensors that its configuration describes.</summary>
internal static partial class AdapterCheck
{
    /// <summary>Checks names and shapes.</summary>
    /// <exception cref="CheckpointException">A tensor is unknown, missing or of another shape.</exception>
    public static void Check(AdapterConfig config, ITensorFile file)
    {
        switch (config)
        {
            case LoraAdapterConfig lora:
                foreach (var tensor in file.Tensors.Values)
                    CheckLora(lora, file, tensor);
                break;
            case PrefixAdapterConfig prefix:
                CheckPrefix(prefix, file);
                break;
        }
    }

    private static void CheckLora(LoraAdapterConfig config, ITensorFile file, TensorInfo tensor)
    {
        var key = LoraKey().Match(tensor.Name);
        if (!key.Success)
            throw Wrong(file, tensor, "which is no LoRA matrix of a linear module");
        var isA = key.Groups["side"].Value == "A";
        var twin = tensor.Name[..key.Groups["side"].Index] + (isA ? "B" : "A") + ".weight";
        if (!file.Tensors.ContainsKey(twin))
            throw Wrong(file, tensor, $"but not '{twin}'");
        if (tensor.Shape.Length != 2 || tensor.Shape[isA ? 0 : 1] != config.Rank)
            throw Wrong(file, tensor, $"whose shape {TensorInfo.Show(tensor.Shape)} does not fit r = {config.Rank} of adapter_config.json");
        var module = "." + key.Groups["module"].Value;
        if (!config.TargetModules.Any(target => module.EndsWith("." + target, StringComparison.Ordinal)))
            throw Wrong(file, tensor, "whose module is not among the target_modules of adapter_config.json");
    }

    private static void CheckPrefix(PrefixAdapterConfig config, ITensorFile file)
    {
        var tensor = file.Info(PrefixAdapterConfig.TensorName);
        if (!tensor.Shape.AsSpan().SequenceEqual(config.TensorShape))
        {
            throw Wrong(
                file, tensor, $"whose shape {TensorInfo.Show(tensor.Shape)} is not the {TensorInfo.Show(config.TensorShape)} of adapter_config.json");
        }

        if (file.Tensors.Values.FirstOrDefault(other => other != tensor) is { } foreign)
            throw Wrong(file, foreign, "which is no part of a prefix");
    }

    private static CheckpointException Wrong(ITensorFile file, TensorInfo tensor, string what) =>
        new(file.Path, $"'{file.Path}' holds '{tensor.Name}', {what}. Use the files of one adapter together.", tensor.Name);

    [GeneratedRegex(@"^base_model\.model\.(?<module>.+)\.lora_(?<side>[AB])\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex LoraKey();
}
