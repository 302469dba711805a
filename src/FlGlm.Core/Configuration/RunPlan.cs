using System.Runtime.Serialization;

namespace FlGlm.Core.Configuration;

/// <summary>
/// What both sides of a run agree on. Its properties are its keys, also on the wire (<c>PlanText</c>); <c>PlanKeys</c> says which
/// must be equal. Made with the settings alone, and completed for a model by <c>RunPlanner</c>.
/// </summary>
public sealed record RunPlan
{
    /// <summary>128 random bits in lower-case hexadecimal, made by the server for each run; empty before, and for generation.</summary>
    public string RunId { get; init; } = "";

    /// <summary>The model's architecture line; equal lines mean equal sizes and equal mathematics.</summary>
    [DataMember(Name = "model.architecture")]
    public string Architecture { get; init; } = "";

    /// <summary>SHA-256 over the architecture and the names of the model's tensors; it does not depend on their values (<c>ModelContent</c>).</summary>
    [DataMember(Name = "model.fingerprint")]
    public string Fingerprint { get; init; } = "";

    /// <summary>How many blocks head and tail have.</summary>
    public SplitSettings Split { get; init; } = new();

    /// <summary>A received plan has no path in <see cref="PeftSettings.Start"/>, since that is a path on the server's disk.</summary>
    public PeftSettings Peft { get; init; } = new();

    /// <summary>The optimizer, its rate and its schedule, the same on both sides.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>Strategy, steps, rounds, batch size and seed.</summary>
    public TrainingSettings Training { get; init; } = new();

    /// <summary>How many clients take part, and how long the run waits for them.</summary>
    public ClientsSettings Clients { get; init; } = new();

    /// <summary>The serial strategy: from which weights a turn starts.</summary>
    public SerialSettings Serial { get; init; } = new();

    /// <summary>The client-batch strategy: products and weights of a joint step.</summary>
    public ClientBatchSettings ClientBatch { get; init; } = new();

    /// <summary>When both sides write checkpoints.</summary>
    public CheckpointSettings Checkpoint { get; init; } = new();

    /// <summary>When keys are renewed.</summary>
    public CryptoSettings Crypto { get; init; } = new();

    /// <summary>The dtype of base weights, hidden states and their gradients (<c>compute.dtype</c>).</summary>
    [DataMember(Name = "compute.dtype")]
    public ElementPrecision Precision { get; init; } = ElementPrecision.Float32;

    /// <summary>Whether the server sends the middle's adapter to the clients at the end.</summary>
    [DataMember(Name = "server.share_middle")]
    public bool ShareMiddle { get; init; } = true;

    /// <summary>Whether clients send their head and tail to the server. With one client there is nothing to average, and they are not sent.</summary>
    public bool Averages => Clients.Expected > 1;

    /// <summary>What a client's values count for in an average: its judged positions where a joint step already counts them, else <c>training.average_weights</c>.</summary>
    public AverageWeights WeightsOfAverage => CountsTargets ? AverageWeights.Targets : Training.AverageWeights;

    /// <summary>Whether a gradient travels with the number of positions that the loss has judged.</summary>
    public bool SendsTargets => CountsTargets || (Averages && Training.AverageWeights == AverageWeights.Targets);

    private bool CountsTargets => Training.Strategy == StrategyName.ClientBatch && ClientBatch.Weights == BatchWeights.Targets;

    /// <summary>Steps of a client in each round.</summary>
    /// <param name="samples">the rows that it trains on</param>
    public int StepsPerRound(long samples) => checked((int)ExactSteps(samples));

    /// <summary>Steps of a client between two averages; the last turn may have fewer.</summary>
    /// <param name="samples">the rows that it trains on</param>
    public int StepsPerTurn(long samples) => Training.Strategy == StrategyName.Serial ? StepsPerRound(samples) : Training.AveragePeriod;

    /// <summary>Whether a client's rows give a number of steps that a run can count: not none, and not more than 2^31.</summary>
    /// <param name="samples">the rows that it trains on, as it says</param>
    public bool CanTrainOn(long samples) => samples >= 1 && ExactSteps(samples) * Training.Rounds <= int.MaxValue;

    /// <summary>Steps of a client's optimizer in the whole run.</summary>
    /// <param name="samples">the rows that it trains on</param>
    public long ClientSteps(long samples) => (long)StepsPerRound(samples) * Training.Rounds;

    /// <summary>Steps of a middle's optimizer in the whole run; with <c>training.epochs</c> known when all clients have joined.</summary>
    /// <param name="samples">the rows of every client that has joined</param>
    public long ServerSteps(IReadOnlyCollection<long> samples)
    {
        if (Training.Strategy != StrategyName.Serial)
            return Training.Epochs > 0 ? samples.Select(ClientSteps).DefaultIfEmpty().Max() : (long)Training.Steps * Training.Rounds;
        return Training.Epochs > 0 ? samples.Sum(ClientSteps) : (long)Training.Steps * Training.Rounds * Clients.Expected;
    }

    /// <summary>Not rounded to a type that the product may exceed.</summary>
    private double ExactSteps(long samples) => Training.Epochs > 0
        ? Math.Ceiling(Training.Epochs * Math.Ceiling(samples / ((double)Training.BatchSize * Training.Accumulate)))
        : Training.Steps;
}
