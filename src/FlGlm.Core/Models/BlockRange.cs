namespace FlGlm.Core.Models;

/// <summary>Consecutive blocks, counted over the whole model.</summary>
public readonly record struct BlockRange(int First, int Count)
{
    /// <summary>The last block; First - 1 where the range is empty.</summary>
    public int Last => First + Count - 1;

    /// <summary>First to last, in order.</summary>
    public IEnumerable<int> Indices => Enumerable.Range(First, Count);

    /// <summary>Whether the block is in the range.</summary>
    public bool Contains(int block) => block >= First && block <= Last;

    /// <inheritdoc/>
    public override string ToString() => Count == 0 ? "no blocks" : Count == 1 ? $"block {First}" : $"blocks {First}..{Last}";
}
