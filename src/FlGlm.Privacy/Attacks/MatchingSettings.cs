using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Attacks;

/// <summary>What a search for the inputs of a row may spend: an optimisation for each row, so it reads few.</summary>
public sealed record MatchingSettings : IValidated
{
    /// <summary>Rows to search, spread evenly over those that the other attacks read; 0 = no search.</summary>
    public int Rows { get; init; } = 4;

    /// <summary>Steps of each search.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Adam's rate at the first step where hidden states are matched, in deviations of the public embedding; it falls linearly to 0.</summary>
    public double LearningRate { get; init; } = 0.2;

    /// <summary>The same where gradients are matched.</summary>
    public double GradientLearningRate { get; init; } = 0.05;

    /// <summary>Adam's rate on the scores of labels.</summary>
    public double LabelLearningRate { get; init; } = 0.3;

    /// <summary>Of initial values.</summary>
    public long Seed { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Rows < 0)
            yield return new Problem("match_rows", $"{Rows} are none; 0 (no search) or more.");
        if (Steps < 1)
            yield return new Problem("match_steps", $"{Steps} find nothing; 1 or more.");
        if (!(LearningRate > 0))
            yield return new Problem("match_learning_rate", $"{LearningRate} finds nothing; more than 0.");
        if (!(GradientLearningRate > 0))
            yield return new Problem("match_gradient_learning_rate", $"{GradientLearningRate} finds nothing; more than 0.");
        if (!(LabelLearningRate > 0))
            yield return new Problem("match_label_learning_rate", $"{LabelLearningRate} finds nothing; more than 0.");
    }
}
