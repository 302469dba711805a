using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Settings;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Gate;

/// <summary>The sections of a ready configuration that the gate uses; its paths are from the repository's root.</summary>
public sealed record GateConfig
{
    public ModelSettings Model { get; init; } = new();

    public SplitSettings Split { get; init; } = new();

    public PeftSettings Peft { get; init; } = new();

    public OptimizerSettings Optimizer { get; init; } = new();

    public TrainingSettings Training { get; init; } = new();

    public ComputeSettings Compute { get; init; } = new();

    public DataSettings Data { get; init; } = new();

    public PrivacySettings Privacy { get; init; } = new();

    public GateGrid PrivacyReport { get; init; } = new();

    public static GateConfig Load(string file) => ConfigFile.Load<GateConfig>(RepositoryFolder.At("configs", "privacy", file), []).Settings;

    public ClientOptions ClientOptions() => new()
    {
        Model = RepositoryFolder.At(Model.Path),
        Plan = new RunPlan { Split = Split, Peft = Peft, Optimizer = Optimizer, Training = Training },
        Data = Data with { Train = [.. Data.Train.Select(file => RepositoryFolder.At(file))] },
        Compute = Compute,
    };
}
