namespace FlGlm.Core.Planning;

/// <summary>The settings from which a run's plan is made.</summary>
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

    /// <summary>Whether the server sends the middle's adapter to the clients at the end.</summary>
    public bool ShareMiddle { get; init; } = true;
}
