using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>How a task's answers are scored and reported.</summary>
public sealed record EvaluationSettings : IValidated
{
    /// <summary>Answers to choose from that are scored together; a question's own stay together, however many they are. Of free answers, <c>generation.batch_size</c> counts.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Whether the score of an answer of several tokens contains the token that ends it, as in GLM.</summary>
    public bool EndToken { get; init; } = true;

    /// <summary>The score of an answer of several tokens is divided by its length to this power; 0 = their sum, 1 = their mean (GLM: 1 for WSC).</summary>
    public double LengthPenalty { get; init; }

    /// <summary>Resamples of the bootstrap that gives the 95 % confidence intervals; 0 = none.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>The seed of the resamples.</summary>
    public long Seed { get; init; } = 42;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (BatchSize < 1)
            yield return new Problem("batch_size", $"{BatchSize} scores nothing; 1 or more.");
        if (!double.IsFinite(LengthPenalty) || LengthPenalty < 0)
            yield return new Problem("length_penalty", $"{LengthPenalty} is out of range; 0 for the sum of log-probabilities, 1 for their mean.");
        if (Resamples < 0)
            yield return new Problem("resamples", $"{Resamples} is no number of resamples; 0 for none, or 100 and more.");
    }
}
