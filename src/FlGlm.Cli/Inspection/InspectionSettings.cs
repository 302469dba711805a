using FlGlm.Core.Planning;

namespace FlGlm.Cli.Inspection;

/// <summary>What an inspection reckons with: where to cut, what trains, on how much at a time.</summary>
internal sealed record InspectionSettings
{
    /// <summary>Null = one block at each end, as in the paper, as far as there are blocks.</summary>
    public SplitSettings? Split { get; init; }

    public PeftSettings Peft { get; init; } = new();

    /// <summary>B.</summary>
    public required int Rows { get; init; }

    /// <summary>T, at most what the model has positions for.</summary>
    public required int Length { get; init; }

    /// <summary>Of base weights, hidden states and their gradients; null = the checkpoint's own, as its config.json says.</summary>
    public ElementPrecision? Precision { get; init; }
}
