using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Core.Planning;

/// <summary>Which parameters are trained, and their sizes.</summary>
public sealed record PeftSettings : IValidated
{
    public PeftMethod Method { get; init; } = PeftMethod.Lora;

    public LoraSettings Lora { get; init; } = new();

    /// <summary>Used by <see cref="PeftMethod.PTuningV2"/>.</summary>
    public PrefixSettings Prefix { get; init; } = new();

    /// <summary>An adapter directory to start from; empty = PEFT's initial values.</summary>
    public string Start { get; init; } = "";

    /// <summary>These settings with the unset values replaced by the defaults of the model's family.</summary>
    public PeftSettings For(ModelFamily family) => this with
    {
        Lora = Lora with { Targets = Targets(family) },
        Prefix = Prefix with { Dropout = Prefix.Dropout ?? family.Prefix.Dropout },
    };

    /// <summary>Whether a tensor of the model trains as it is: any in full fine-tuning, with LoRA those of <see cref="LoraSettings.ModulesToSave"/>.</summary>
    /// <param name="tensor">the published name</param>
    public bool TrainsWhole(string tensor) => Method switch
    {
        PeftMethod.None => true,
        PeftMethod.Lora => Lora.ModulesToSave.Any(module => tensor == module + ".weight" || tensor.EndsWith($".{module}.weight", StringComparison.Ordinal)),
        _ => false,
    };

    public IEnumerable<Problem> Validate() => Method switch
    {
        PeftMethod.Lora => Lora.Validate().Select(p => p with { Key = "lora." + p.Key }),
        PeftMethod.PTuningV2 => Prefix.Validate().Select(p => p with { Key = "prefix." + p.Key }),
        _ => Start.Length == 0 ? [] : [new Problem("start", "names an adapter, but method none trains the model itself; set model.path to the checkpoint to start from.")],
    };

    private NamesOrText Targets(ModelFamily family)
    {
        if (Lora.Targets.IsEmpty)
            return [.. family.DefaultLoraTargets];
        return Lora.Targets.Text is { } text && LoraModules.IsAllLinear(text) ? [.. family.LoraTargets] : Lora.Targets;
    }
}
