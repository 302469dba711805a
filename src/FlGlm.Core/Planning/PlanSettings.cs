namespace FlGlm.Core.Planning;

/// <summary>The part of a configuration that a run's plan is made of.</summary>
public sealed record PlanSettings
{
    public SplitSettings Split { get; init; } = new();

    public PeftSettings Peft { get; init; } = new();

    public OptimizerSettings Optimizer { get; init; } = new();

    public TrainingSettings Training { get; init; } = new();

    public ClientsSettings Clients { get; init; } = new();

    public SerialSettings Serial { get; init; } = new();

    public CryptoSettings Crypto { get; init; } = new();

    public ElementPrecision Precision { get; init; } = ElementPrecision.Float32;

    /// <summary>Whether clients get the middle's adapter at the end.</summary>
    public bool ShareMiddle { get; init; } = true;
}
