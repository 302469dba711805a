using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

/// <summary>A root record as the commands have one, with every kind of value.</summary>
public sealed record SampleSettings
{
    public ModelSettings Model { get; init; } = new();

    public PeftSettings Peft { get; init; } = new();

    public OptimizerSettings Optimizer { get; init; } = new();

    public TrainingSettings Training { get; init; } = new();

    public SampleOutput Output { get; init; } = new();
}
