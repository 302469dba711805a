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
        Lora = Lora with { Targets = Lora.Targets.Count == 0 ? family.DefaultLoraTargets : Lora.Targets },
        Prefix = Prefix with { Dropout = Prefix.Dropout ?? family.Prefix.Dropout },
    };

    public IEnumerable<Problem> Validate() => Method switch
    {
        PeftMethod.Lora => Lora.Validate().Select(p => p with { Key = "lora." + p.Key }),
        PeftMethod.PTuningV2 => Prefix.Validate().Select(p => p with { Key = "prefix." + p.Key }),
        _ => Start.Length == 0 ? [] : [new Problem("start", "names an adapter, but method none trains the model itself; set model.path to the checkpoint to start from.")],
    };
}
