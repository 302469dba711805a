using FlGlm.Core.Compute;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>Keys and values of one stage's blocks, for rows that are computed whole once and then go on, by one token or several a pass.</summary>
public sealed class KeyValueCache : IDisposable
{
    private IReadOnlyList<BlockCache> _blocks = [];
    private Tensor? _mask;
    private long _capacity;

    /// <summary>Whether the whole rows have been computed.</summary>
    public bool IsFilled => _mask is not null;

    /// <summary>Slots of new buffers for this many tokens; some are spare.</summary>
    public static long Capacity(long tokens) => tokens + Math.Max(64, tokens / 4);

    /// <summary>Slots after this many more tokens: unchanged while there are free slots.</summary>
    public long CapacityFor(long tokens)
    {
        var needed = (_mask?.shape[3] ?? 0) + tokens;
        return needed <= _capacity ? _capacity : Capacity(needed);
    }

    /// <summary>Selects rows, in this order; a row may be repeated.</summary>
    public void Select(IReadOnlyList<int> rows)
    {
        if (_mask is null || (rows.Count == _mask.shape[0] && rows.Index().All(row => row.Item == row.Index)))
            return;
        using var scope = NewDisposeScope();
        var chosen = tensor(rows.Select(row => (long)row).ToArray(), dtype: int64, device: _mask.device);
        foreach (var block in _blocks)
            block.Select(chosen);
        Replace(_mask.index_select(0, chosen));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks)
            block.Dispose();
        _mask?.Dispose();
    }

    internal IBlockPast this[int block] => _blocks[block];

    /// <summary>Allocates the buffers for whole rows.</summary>
    /// <param name="prefixes">one per block, or none</param>
    internal void Fill(int blocks, IReadOnlyList<BlockPrefix>? prefixes, int prefixLength, SequenceLayout layout, Device device)
    {
        _blocks = [.. Enumerable.Range(0, blocks).Select(block => new BlockCache(prefixes?[block]))];
        using var scope = NewDisposeScope();
        var mask = zeros(layout.Rows, 1, 1, prefixLength + layout.Length, dtype: float32, device: device);
        foreach (var (row, length) in layout.Lengths.Index())
            mask.narrow(0, row, 1).narrow(3, prefixLength + length, layout.Length - length).FillInPlace(float.NegativeInfinity);
        Replace(mask);
        _capacity = Capacity(mask.shape[3]);
    }

    /// <summary>Adds slots for the tokens of a pass that goes on; those behind a shorter row's end stay hidden.</summary>
    /// <returns>the slots that each token attends to: [R, 1, 1, S] for one token a row, owned by the cache, else [R, 1, T, S], the caller's</returns>
    internal Tensor Extend(SequenceLayout layout)
    {
        _capacity = CapacityFor(layout.Length);
        using var scope = NewDisposeScope();
        var before = _mask!.shape[3];
        var added = zeros(layout.Rows, 1, 1, layout.Length, dtype: float32, device: _mask.device);
        foreach (var (row, length) in layout.Lengths.Index())
            added.narrow(0, row, 1).narrow(3, length, layout.Length - length).FillInPlace(float.NegativeInfinity);
        Replace(cat([_mask, added], -1));
        if (layout.Length == 1)
            return _mask;
        var causal = CausalMask.Of(layout.Length, _mask.device);
        return cat([zeros(layout.Length, before, dtype: float32, device: _mask.device), causal], -1).Plus(_mask).MoveToOuterDisposeScope();
    }

    private void Replace(Tensor mask)
    {
        _mask?.Dispose();
        _mask = mask.DetachFromDisposeScope();
    }
}
