namespace FlGlm.Core.Configuration;

/// <summary>Which parameters are trained, and their sizes.</summary>
public sealed record PeftSettings : IValidated
{
    /// <summary>Which parameters train. LoRA by default; the paper uses P-tuning v2.</summary>
    public PeftMethod Method { get; init; } = PeftMethod.Lora;

    /// <summary>Used by <see cref="PeftMethod.Lora"/>.</summary>
    public LoraSettings Lora { get; init; } = new();

    /// <summary>Used by <see cref="PeftMethod.PTuningV2"/>.</summary>
    public PrefixSettings Prefix { get; init; } = new();

    /// <summary>An adapter directory to start from; empty = PEFT's initial values.</summary>
    public string Start { get; init; } = "";

    /// <summary>Whether a tensor of the model trains as it is: any in full fine-tuning, with LoRA those of <see cref="LoraSettings.ModulesToSave"/>.</summary>
    /// <param name="tensor">the published name</param>
    public bool TrainsWhole(string tensor) => Method switch
    {
        PeftMethod.None => true,
        PeftMethod.Lora => Lora.ModulesToSave.Any(module => tensor == module + ".weight" || tensor.EndsWith($".{module}.weight", StringComparison.Ordinal)),
        _ => false,
    };

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() => Method switch
    {
        PeftMethod.Lora => Lora.Validate().Select(p => p with { Key = "lora." + p.Key }),
        PeftMethod.PTuningV2 => Prefix.Validate().Select(p => p with { Key = "prefix." + p.Key }),
        _ => Start.Length == 0 ? [] : [new Problem("start", "names an adapter, but method none trains the model itself; set model.path to the checkpoint to start from.")],
    };
}
