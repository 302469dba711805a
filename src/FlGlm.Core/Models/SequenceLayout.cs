namespace FlGlm.Core.Models;

/// <summary>How a batch lies in its tensor: row b holds <c>Lengths[b]</c> real tokens, then padding up to T.</summary>
public sealed record SequenceLayout(IReadOnlyList<int> Lengths)
{
    /// <summary>B.</summary>
    public int Rows => Lengths.Count;

    /// <summary>T, the longest row.</summary>
    public int Length { get; } = Lengths.Max();

    /// <summary>Real tokens of all rows.</summary>
    public int Tokens { get; } = Lengths.Sum();
}
