namespace FlGlm.Core.Configuration;

/// <summary>Strategy, number of steps and rounds, batch size, seed.</summary>
public sealed record TrainingSettings : IValidated
{
    /// <summary>How the server works with several clients.</summary>
    public StrategyName Strategy { get; init; } = StrategyName.Serial;

    /// <summary>Optimizer steps each client takes in each round.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>
    /// Epochs each client takes in each round, also parts of one; the number of steps follows from its rows and is rounded up. 0 = <see cref="Steps"/>.
    /// </summary>
    public double Epochs { get; init; }

    /// <summary>Rows that are computed together; a step has as many, or with <see cref="Accumulate"/> several times as many. 1 as in the paper.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>
    /// Batches of an optimizer step, one after the other: its loss and gradients are those of one batch of all their rows, in the memory of one.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Parts of a batch that are under way at once: while the server computes one, the client computes another. Gradients are those of the whole batch.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>Number of rounds. Serial: in a round every client has one turn, at whose end adapters are averaged. Else rounds only multiply the steps.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>
    /// Optimizer steps of a client between two averages, where clients work at the same time; 50 as in the paper, which also has 100. Serial
    /// averages at the end of a round.
    /// </summary>
    public int AveragePeriod { get; init; } = 50;

    /// <summary>What a client's head and tail, and in the server-hierarchical strategy its middle, count for in an average.</summary>
    public AverageWeights AverageWeights { get; init; } = AverageWeights.Samples;

    /// <summary>How LoRA's factors are averaged.</summary>
    public AverageLora AverageLora { get; init; } = AverageLora.Factor;

    /// <summary>What becomes of the optimizers' moments at an average.</summary>
    public AverageMoments AverageMoments { get; init; } = AverageMoments.Keep;

    /// <summary>Seeds the adapters' initial values, dropout and the order of the data.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Dropout on attention probabilities, 0..1; <c>auto</c> (null) = what the checkpoint's config.json says (attention_dropout).</summary>
    public double? AttentionDropout { get; init; }

    /// <summary>The most micro-batches: the server keeps the graphs of all of them.</summary>
    internal const int MaxMicroBatches = 16;

    /// <summary>Rows of an optimizer step; an epoch's last one may have fewer.</summary>
    public int RowsPerStep => checked(BatchSize * Accumulate);

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (AttentionDropout is { } dropout && !(dropout >= 0 && dropout < 1))
            yield return new Problem("attention_dropout", $"{dropout} is no probability; 0 up to, not including, 1.");
        if (Steps < 1)
            yield return new Problem("steps", $"{Steps} trains nothing; 1 or more.");
        if (!(Epochs >= 0 && double.IsFinite(Epochs)))
            yield return new Problem("epochs", $"{Epochs} is no number of epochs; more than 0, or 0 for training.steps.");
        if (BatchSize < 1)
            yield return new Problem("batch_size", $"{BatchSize} is no batch; 1 or more.");
        if (Accumulate < 1)
            yield return new Problem("accumulate", $"{Accumulate} is no number of batches; 1 or more.");
        else if (BatchSize >= 1 && (long)BatchSize * Accumulate > int.MaxValue)
            yield return new Problem("accumulate", $"{Accumulate} batches of {BatchSize} rows are more than {int.MaxValue} rows; fewer.");
        if (MicroBatches is < 1 or > MaxMicroBatches)
            yield return new Problem("micro_batches", $"{MicroBatches} is out of range; 1 to {MaxMicroBatches}.");
        if (AveragePeriod < 1)
            yield return new Problem("average_period", $"{AveragePeriod} steps are no period; 1 or more.");
        if (Rounds < 1)
            yield return new Problem("rounds", $"{Rounds} trains nothing; 1 or more.");
    }
}
