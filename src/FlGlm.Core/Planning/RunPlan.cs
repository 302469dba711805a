namespace FlGlm.Core.Planning;

/// <summary>The description of a run, which the server sends and every client must agree to.</summary>
public sealed record RunPlan
{
    /// <summary>The model's architecture line; equal lines mean equal sizes and equal mathematics.</summary>
    public required string Architecture { get; init; }

    /// <summary>SHA-256 over the architecture and the names of the model's tensors; it does not depend on their values.</summary>
    public required string Fingerprint { get; init; }

    public required SplitSettings Split { get; init; }

    /// <summary>A received plan has no path in <see cref="PeftSettings.Start"/>, since that is a path on the server's disk.</summary>
    public required PeftSettings Peft { get; init; }

    public required OptimizerSettings Optimizer { get; init; }

    public required TrainingSettings Training { get; init; }

    public required ClientsSettings Clients { get; init; }

    public required SerialSettings Serial { get; init; }

    public required CryptoSettings Crypto { get; init; }

    public required ElementPrecision Precision { get; init; }

    /// <summary>Dropout on attention probabilities in training.</summary>
    public required double AttentionDropout { get; init; }

    /// <summary>Whether the server sends the middle's adapter to the clients at the end.</summary>
    public required bool ShareMiddle { get; init; }

    /// <summary>Whether clients send their head and tail to the server. With one client there is nothing to average, and they are not sent.</summary>
    public bool Averages => Clients.Expected > 1;

    /// <summary>Steps of a client in each round.</summary>
    /// <param name="samples">the rows that it trains on</param>
    public int StepsPerRound(long samples) => Training.Epochs > 0
        ? checked((int)Math.Ceiling(Training.Epochs * Math.Ceiling(samples / (double)Training.BatchSize)))
        : Training.Steps;

    /// <summary>Steps of a client's optimizer in the whole run.</summary>
    /// <param name="samples">the rows that it trains on</param>
    public long ClientSteps(long samples) => (long)StepsPerRound(samples) * Training.Rounds;

    /// <summary>Steps of the serial server's optimizer in the whole run; with <c>training.epochs</c> known when all clients have joined.</summary>
    /// <param name="samples">the rows of every client that has joined</param>
    public long ServerSteps(IReadOnlyCollection<long> samples) =>
        Training.Epochs > 0 ? samples.Sum(ClientSteps) : (long)Training.Steps * Training.Rounds * Clients.Expected;
}
