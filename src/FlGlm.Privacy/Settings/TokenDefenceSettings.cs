using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Settings;

/// <summary>What is done to the tokens that the head reads. Labels stay the true ones.</summary>
public sealed record TokenDefenceSettings : IValidated
{
    /// <summary>
    /// Epsilon per unit of embedding distance (d-chi-privacy; SanText, Yue et al. 2021): each token is replaced by one that is drawn with a probability
    /// proportional to exp(-epsilon / 2 * distance of the embeddings); 0 = tokens stay. Larger = tokens stay more often.
    /// </summary>
    public double Epsilon { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (!(Epsilon >= 0 && double.IsFinite(Epsilon)))
            yield return new Problem("epsilon", $"{Epsilon} is no epsilon; 0 or more.");
    }
}
