namespace FlGlm.Privacy.Attacks;

/// <summary>What an attack takes the tokens of rows for.</summary>
/// <param name="Lengths">of each row</param>
/// <param name="Best">[N * <see cref="Candidates"/>] for each token the likeliest first; -1 = no guess</param>
public sealed record TokenGuesses(IReadOnlyList<int> Lengths, long[] Best)
{
    /// <summary>Guesses for each token.</summary>
    public const int Candidates = 5;

    /// <summary>The likeliest token at a place.</summary>
    public long First(int place) => Best[place * Candidates];

    /// <summary>Whether a token is among the guesses for a place.</summary>
    public bool Has(int place, long token) => Best.AsSpan(place * Candidates, Candidates).Contains(token);
}
