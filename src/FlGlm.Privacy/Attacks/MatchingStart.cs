namespace FlGlm.Privacy.Attacks;

/// <summary>Where a search for the input of rows begins.</summary>
public enum MatchingStart
{
    /// <summary>At random vectors, of the public embedding's mean and deviation.</summary>
    Random,

    /// <summary>At the labels that were found, each a token behind the position that learns it; at random vectors elsewhere.</summary>
    Labels,

    /// <summary>At what an inverter of h0 has guessed.</summary>
    Inverter,
}
