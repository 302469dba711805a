namespace FlGlm.Core.Models;

/// <summary>How a batch lies in its tensor: row b holds <c>Lengths[b]</c> real tokens, then padding up to T.</summary>
public sealed record SequenceLayout(IReadOnlyList<int> Lengths)
{
    /// <summary>Each row's context, for families with <see cref="ModelFamily.Marks"/>; null for the others.</summary>
    public IReadOnlyList<RowContext>? Contexts { get; init; }

    /// <summary>B.</summary>
    public int Rows => Lengths.Count;

    /// <summary>T, the longest row.</summary>
    public int Length { get; } = Lengths.Max();

    /// <summary>Real tokens of all rows.</summary>
    public int Tokens { get; } = Lengths.Sum();

    /// <summary>Whether mask and positions of both batches are the same; padding comes last and needs none of its own.</summary>
    public bool LiesLike(SequenceLayout other) =>
        Length == other.Length && (Contexts ?? []).SequenceEqual(other.Contexts ?? []);
}
