namespace FlGlm.Core.Checkpoints;

/// <summary>
/// PEFT's LORA: <c>y = W x + scale * B A dropout(x)</c>, stored per module as
/// <c>base_model.model.MODULE.lora_A.weight</c> [r, in] and <c>.lora_B.weight</c> [out, r].
/// </summary>
public sealed record LoraAdapterConfig : AdapterConfig
{
    /// <summary>r.</summary>
    public required int Rank { get; init; }

    /// <summary>alpha; the scale is alpha / r, or alpha / sqrt(r) with <see cref="UseRslora"/>.</summary>
    public required double Alpha { get; init; }

    /// <summary>Share of inputs dropped in training.</summary>
    public double Dropout { get; init; }

    public bool UseRslora { get; init; }

    /// <summary>Published names of the adapted modules, sorted: <c>q_proj</c>, <c>v_proj</c>.</summary>
    public required IReadOnlyList<string> TargetModules { get; init; }
}
