namespace FlGlm.Core.Configuration;

/// <summary>P-tuning v2: prefix keys and values per block, in the stage that has the block.</summary>
public sealed record PrefixSettings : IValidated
{
    /// <summary>Prefix positions L per block. 128 as in ChatGLM's own trainer.</summary>
    public int Length { get; init; } = 128;

    /// <summary>Apply a two-layer MLP to the embedding. In a split every stage trains its own MLP.</summary>
    public bool Projection { get; init; }

    /// <summary>Width of that MLP; 0 = the family's own: a block's key (PEFT's default, token_dim), or H (ChatGLM).</summary>
    public int ProjectionHidden { get; init; }

    /// <summary>Dropout on the prefix keys and values, 0..1, drawn per row of the batch; <c>auto</c> (null) = the family's own: 0.1 (ChatGLM), none (PEFT).</summary>
    public double? Dropout { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Length < 1)
            yield return new Problem("length", $"{Length} is no prefix length; 1 or more.");
        if (ProjectionHidden < 0)
            yield return new Problem("projection_hidden", $"{ProjectionHidden} is no width; 1 or more, or 0 for the family's own.");
        if (Dropout is { } dropout && !(dropout >= 0 && dropout < 1))
            yield return new Problem("dropout", $"{dropout} is no probability; 0 up to, not including, 1.");
    }
}
