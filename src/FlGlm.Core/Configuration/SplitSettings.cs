namespace FlGlm.Core.Configuration;

/// <summary>Where the model is cut: the number of blocks that the client keeps at each end (paper, section 3.1).</summary>
public sealed record SplitSettings : IValidated
{
    /// <summary>Blocks of the head, after the embedding. 1 as in the paper.</summary>
    public int Head { get; init; } = 1;

    /// <summary>Blocks of the tail, before the final norm and the LM head. 1 as in the paper.</summary>
    public int Tail { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Head < 0)
            yield return new Problem("head", $"{Head} blocks cannot be; 0 or more (1 as in the paper).");
        if (Tail < 0)
            yield return new Problem("tail", $"{Tail} blocks cannot be; 0 or more (1 as in the paper).");
    }
}
