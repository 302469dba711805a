namespace FlGlm.Core.Peft;

/// <summary>The blocks that one part of an adapter covers, numbered over the whole model. Its configuration stores them as <c>flglm_blocks</c>.</summary>
/// <param name="First">The first block.</param>
/// <param name="Last">The last block, included.</param>
/// <param name="Total">N, the blocks of the whole model.</param>
public sealed record AdapterPart(int First, int Last, int Total)
{
    /// <summary>The number of blocks; 0 where <see cref="Last"/> is one less than <see cref="First"/>.</summary>
    public int Count => Last - First + 1;

    /// <summary>A head or tail without blocks may have a part too: with the embedding or the LM head alone.</summary>
    public bool IsValid => First >= 0 && Last < Total && (Count > 0 || (Count == 0 && (First == 0 || First == Total)));

    /// <summary>A tensor's name that tells parts apart whose tensors have the same names.</summary>
    internal static string Qualify(string tensor, AdapterPart? part) => part is null ? tensor : $"{tensor} ({part})";

    /// <summary>The text for messages: <c>blocks 0..3 of 32</c>.</summary>
    public override string ToString() => Count == 0 ? $"no blocks of {Total}" : $"blocks {First}..{Last} of {Total}";
}
