using System.Text.RegularExpressions;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Peft;

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
                CheckLora(lora, file);
                break;
            case PrefixAdapterConfig prefix:
                CheckPrefix(prefix, file);
                break;
        }
    }

    /// <summary>Whether a whole adapter holds every module that its configuration names as saved.</summary>
    /// <param name="tensors">the names of its tensors</param>
    /// <returns>the name that it lacks; null if it lacks none</returns>
    public static string? MissingModule(LoraAdapterConfig config, IEnumerable<string> tensors)
    {
        List<string> saved = [.. tensors.Select(name => SavedKey().Match(name)).Where(key => key.Success).Select(key => key.Groups["module"].Value)];
        return config.ModulesToSave.FirstOrDefault(module => !saved.Exists(name => name.EndsWith(module, StringComparison.Ordinal)));
    }

    private static void CheckLora(LoraAdapterConfig config, ITensorFile file)
    {
        var modules = new LoraModules(config);
        try
        {
            foreach (var tensor in file.Tensors.Values)
                CheckLora(modules, file, tensor);
        }
        catch (RegexMatchTimeoutException slow)
        {
            throw new CheckpointException(
                file.Path, $"'{file.Path}': the regular expression '{slow.Pattern}' of adapter_config.json needs too long; write a simpler one.", inner: slow);
        }

        if (config.Part is null && MissingModule(config, file.Tensors.Keys) is { } missing)
            throw new CheckpointException(file.Path, $"'{file.Path}' holds no '{missing}', which modules_to_save of adapter_config.json names. Use the files of one adapter together.");
    }

    private static void CheckLora(LoraModules modules, ITensorFile file, TensorInfo tensor)
    {
        var key = LoraKey().Match(tensor.Name);
        if (!key.Success)
        {
            if (SavedKey().Match(tensor.Name) is not { Success: true } saved || !modules.IsSaved(saved.Groups["module"].Value))
                throw Wrong(file, tensor, "which is no LoRA matrix of a linear module, nor one of the modules_to_save of adapter_config.json");
            return;
        }

        var isA = key.Groups["side"].Value == "A";
        var twin = tensor.Name[..key.Groups["side"].Index] + (isA ? "B" : "A") + ".weight";
        if (!file.Tensors.ContainsKey(twin))
            throw Wrong(file, tensor, $"but not '{twin}'");
        var size = modules.Of(key.Groups["module"].Value) ?? throw Wrong(file, tensor, "whose module is not among the target_modules of adapter_config.json");
        if (tensor.Shape.Length != 2 || tensor.Shape[isA ? 0 : 1] != size.Rank)
            throw Wrong(file, tensor, $"whose shape {TensorInfo.Show(tensor.Shape)} does not fit r = {size.Rank} of adapter_config.json");
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

    [GeneratedRegex(@"^base_model\.model\.(?<module>.+)\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex SavedKey();
}
