using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Inspection;

/// <summary>The settings of an inspection: cut, method, rows and length of a step.</summary>
internal sealed record InspectionSettings
{
    /// <summary>Null = one block at each end, as in the paper, if the model has enough blocks.</summary>
    public SplitSettings? Split { get; init; }

    public PeftSettings Peft { get; init; } = new();

    /// <summary>B.</summary>
    public required int Rows { get; init; }

    /// <summary>T, at most what the model has positions for.</summary>
    public required int Length { get; init; }

    /// <summary>The dtype of base weights, hidden states and their gradients; null = the type in the checkpoint's config.json.</summary>
    public ElementPrecision? Precision { get; init; }

    /// <summary>On attention probabilities; null = what the checkpoint's config.json says.</summary>
    public double? AttentionDropout { get; init; }
}
