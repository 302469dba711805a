using FlGlm.Core.Configuration;

namespace FlGlm.Core.Models;

/// <summary>Replaces what settings leave unset by the defaults of the model's family.</summary>
public static class FamilyDefaults
{
    /// <summary>These settings with the family's LoRA targets and prefix dropout where they have none.</summary>
    public static PeftSettings For(this PeftSettings settings, ModelFamily family) => settings with
    {
        Lora = settings.Lora with { Targets = Targets(settings.Lora, family) },
        Prefix = settings.Prefix with { Dropout = settings.Prefix.Dropout ?? family.Prefix.Dropout },
    };

    /// <summary>These settings with the model's dropout on attention where they have none.</summary>
    public static TrainingSettings For(this TrainingSettings settings, ModelFamily family) =>
        settings with { AttentionDropout = settings.AttentionDropout ?? family.Shape.AttentionDropout };

    private static NamesOrText Targets(LoraSettings lora, ModelFamily family)
    {
        if (lora.Targets.IsEmpty)
            return [.. family.DefaultLoraTargets];
        return lora.Targets.Text is { } text && LoraSettings.IsAllLinear(text) ? [.. family.LoraTargets] : lora.Targets;
    }
}
