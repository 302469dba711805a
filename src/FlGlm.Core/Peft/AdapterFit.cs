using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Core.Peft;

/// <summary>Checks that an adapter fits a run, for any of its stages.</summary>
internal static class AdapterFit
{
    /// <summary>Checks the adapter's settings and its modules: modules that no stage of the run trains would be lost silently.</summary>
    /// <exception cref="CheckpointException">another method, length, rank or model, or more than the run trains</exception>
    public static void Check(string directory, StageBlueprint blueprint, Adapter adapter)
    {
        CheckPart(directory, blueprint, adapter.Config.Part);
        switch (blueprint.Peft.Method, adapter.Config)
        {
            case (PeftMethod.Lora, LoraAdapterConfig config):
                List<string> names = [.. adapter.Tensors.Keys.Select(name => name[Lora.StoredScope.Length..])];
                CheckModules(directory, blueprint, config, [.. names.Where(Lora.IsMatrix).Select(Lora.ModuleOf).Distinct()]);
                CheckWhole(directory, blueprint, names.Where(name => !Lora.IsMatrix(name)));
                break;
            case (PeftMethod.PTuningV2, PrefixAdapterConfig config):
                CheckPrefix(directory, blueprint, config);
                break;
            default:
                throw new CheckpointException(directory, $"'{directory}' holds an adapter of another method than peft.method; set peft.method to match it.");
        }
    }

    private static void CheckPart(string directory, StageBlueprint blueprint, AdapterPart? part)
    {
        if (part is not null && part.Total != blueprint.Family.Shape.Blocks)
        {
            throw new CheckpointException(
                directory, $"'{directory}' is for {part}, and this model has {blueprint.Family.Shape.Blocks} blocks; use an adapter of this base model.");
        }
    }

    private static void CheckModules(string directory, StageBlueprint blueprint, LoraAdapterConfig config, IReadOnlyList<string> modules)
    {
        ExpectKnown(directory, blueprint.Family, modules);
        var (theirs, ours) = (new LoraModules(config), Lora.Select(blueprint.Peft.Lora));
        if (modules.FirstOrDefault(module => ours.Of(module) is null) is { } more)
        {
            var targets = modules.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal);
            throw new CheckpointException(
                directory,
                $"'{directory}' adapts '{more}' too, which this run would leave out; set peft.lora.targets: [{string.Join(", ", targets)}]"
                + $"{(blueprint.Peft.Lora.Layers.Count > 0 ? " and peft.lora.layers to its blocks" : "")}.",
                more);
        }

        if (modules.FirstOrDefault(module => theirs.Of(module) != ours.Of(module)) is { } other)
        {
            throw new CheckpointException(
                directory,
                $"'{directory}' was trained with {theirs.Of(other)} on '{other}', where this run has {ours.Of(other)}; set peft.lora to the same.",
                other);
        }
    }

    /// <summary>Checks that a model has all modules that an adapter adapts.</summary>
    /// <exception cref="CheckpointException">It lacks one.</exception>
    internal static void ExpectKnown(string directory, ModelFamily family, IEnumerable<string> modules)
    {
        var blocks = family.Shape.Blocks;
        var known = Lora.Weights(family, new BlockRange(0, blocks));
        if (modules.FirstOrDefault(module => !known.ContainsKey(module)) is { } foreign)
        {
            throw new CheckpointException(
                directory,
                $"'{directory}' adapts '{foreign}', which is in none of this model's {blocks} blocks; use an adapter of this base model.",
                foreign);
        }
    }

    /// <summary>Checks the modules that the adapter holds whole.</summary>
    private static void CheckWhole(string directory, StageBlueprint blueprint, IEnumerable<string> tensors)
    {
        if (tensors.FirstOrDefault(tensor => !blueprint.Peft.TrainsWhole(tensor)) is { } more)
        {
            throw new CheckpointException(
                directory,
                $"'{directory}' holds '{more}' whole, which this run would leave out; name its module in peft.lora.modules_to_save.",
                more);
        }
    }

    private static void CheckPrefix(string directory, StageBlueprint blueprint, PrefixAdapterConfig config)
    {
        var (settings, shape) = (blueprint.Peft.Prefix, blueprint.Family.Shape);
        if (config.VirtualTokens != settings.Length || config.Layers != shape.Blocks || config.TokenDim != shape.KeyWidth)
        {
            throw new CheckpointException(
                directory,
                $"'{directory}' holds a prefix of length {config.VirtualTokens} for {config.Layers} blocks of key width {config.TokenDim}; "
                + $"this run has length {settings.Length} for {shape.Blocks} blocks of key width {shape.KeyWidth}. "
                + (config.Layers == shape.Blocks && config.TokenDim == shape.KeyWidth ? $"Set peft.prefix.length: {config.VirtualTokens}." : "Use a prefix of this base model."));
        }
    }
}
