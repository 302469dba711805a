using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Attacks;

/// <summary>What an attack may spend.</summary>
public sealed record AttackSettings : IValidated
{
    /// <summary>Training steps of an inverter.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Rows of the shadow set in one step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>AdamW's rate at the first step; it falls linearly to 0.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>AdamW's weight decay. 0.01 as in PyTorch.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Values of a GRU's state, in each direction.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Where an inverter begins.</summary>
    public InverterStart Start { get; init; } = InverterStart.Pretrained;

    /// <summary>Labels shifted by one, as the paper's code has them: trains a predictor of the next token, which makes a client look safer than it is.</summary>
    public bool Shift { get; init; }

    /// <summary>Of initial values, batches and shuffled targets.</summary>
    public long Seed { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Steps < 1)
            yield return new Problem("steps", $"{Steps} train nothing; 1 or more.");
        if (BatchSize < 1)
            yield return new Problem("batch_size", $"{BatchSize} rows are none; 1 or more.");
        if (!(LearningRate > 0))
            yield return new Problem("learning_rate", $"{LearningRate} trains nothing; more than 0.");
        if (!(WeightDecay >= 0))
            yield return new Problem("weight_decay", $"{WeightDecay} is out of range; 0 or more.");
        if (Width < 1)
            yield return new Problem("width", $"{Width} is out of range; 1 or more.");
    }
}
