namespace FlGlm.Core.Models;

/// <summary>How a batch lies in its tensor: row b holds <c>Lengths[b]</c> real tokens, then padding up to T.</summary>
public sealed record SequenceLayout(IReadOnlyList<int> Lengths)
{
    /// <summary>Each row's context, for families with <see cref="ModelFamily.Marks"/>; null for the others.</summary>
    public IReadOnlyList<RowContext>? Contexts { get; init; }

    /// <summary>Tokens of each row that earlier passes have read and a cache keeps; null where the rows are whole.</summary>
    public IReadOnlyList<int>? Past { get; init; }

    /// <summary>B.</summary>
    public int Rows => Lengths.Count;

    /// <summary>T, the longest row.</summary>
    public int Length { get; } = Lengths.Max();

    /// <summary>Real tokens of all rows.</summary>
    public int Tokens { get; } = Lengths.Sum();

    /// <summary>Whether a row is shorter than the longest.</summary>
    public bool IsPadded => Tokens != Rows * Length;

    /// <summary>Where the real tokens are among B * T places, row after row.</summary>
    public long[] RealTokens => [.. Lengths.SelectMany((length, row) => Enumerable.Range(row * Length, length)).Select(place => (long)place)];

    /// <summary>Whether mask and positions of both batches are the same; padding comes last and needs none of its own.</summary>
    public bool HasSameTables(SequenceLayout other) =>
        Length == other.Length && (Contexts ?? []).SequenceEqual(other.Contexts ?? []) && (Past ?? []).SequenceEqual(other.Past ?? []);

    /// <summary>The pass that reads more tokens.</summary>
    /// <param name="rows">which row of this pass each row goes on from; rows may be left out, repeated and moved</param>
    /// <param name="lengths">the new tokens of each row; null = one each</param>
    public SequenceLayout Next(IReadOnlyList<int> rows, IReadOnlyList<int>? lengths = null) => new(lengths ?? [.. rows.Select(_ => 1)])
    {
        Contexts = Contexts is null ? null : [.. rows.Select(row => Contexts[row])],
        Past = [.. rows.Select(row => Before(row) + Lengths[row])],
    };

    /// <summary>How many tokens of a row stand before this pass.</summary>
    public int Before(int row) => Past?[row] ?? 0;
}
