using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

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
                CheckLora(directory, blueprint.Peft.Lora, config);
                CheckModules(directory, blueprint, [.. adapter.Tensors.Keys.Select(name => Lora.ModuleOf(name[Lora.StoredScope.Length..])).Distinct()]);
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

    private static void CheckLora(string directory, LoraSettings settings, LoraAdapterConfig config)
    {
        if (config.Rank != settings.Rank || Math.Abs(config.Alpha - settings.Alpha) > 1e-9 || config.UseRslora != settings.Rslora)
        {
            throw new CheckpointException(
                directory, $"'{directory}' was trained with rank {config.Rank}, alpha {config.Alpha}, rslora {config.UseRslora}; set peft.lora to the same.");
        }
    }

    private static void CheckModules(string directory, StageBlueprint blueprint, IReadOnlyList<string> modules)
    {
        var blocks = blueprint.Family.Shape.Blocks;
        var known = Lora.Modules(blueprint.Family, new BlockRange(0, blocks));
        if (modules.FirstOrDefault(module => !known.Contains(module)) is { } foreign)
        {
            throw new CheckpointException(
                directory,
                $"'{directory}' adapts '{foreign}', which is in none of this model's {blocks} blocks; use an adapter of this base model.",
                foreign);
        }

        if (modules.FirstOrDefault(module => !Lora.IsTarget(module, blueprint.Peft.Lora)) is { } more)
        {
            var targets = modules.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal);
            throw new CheckpointException(
                directory,
                $"'{directory}' adapts '{more}' too, which this run would leave out; set peft.lora.targets: [{string.Join(", ", targets)}].",
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
