using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The middle with the keys and values of one generation. Call it on the compute lane only.</summary>
public sealed class CachedMiddle(MiddleStage stage) : IDisposable
{
    private KeyValueCache _cache = new();
    private MiddleStage _stage = stage;

    /// <summary>The last pass; null before the first.</summary>
    public SequenceLayout? Layout { get; private set; }

    /// <inheritdoc cref="ICachedMiddle.PrefillAsync"/>
    public Tensor Prefill(Tensor hidden, SequenceLayout layout)
    {
        _cache.Dispose();
        _cache = new KeyValueCache();
        return Forward(hidden, layout);
    }

    /// <inheritdoc cref="ICachedMiddle.DecodeAsync"/>
    public Tensor Decode(Tensor hidden, IReadOnlyList<int> rows, IReadOnlyList<int>? lengths)
    {
        _cache.Select(rows);
        return Forward(hidden, Layout!.Next(rows, lengths));
    }

    /// <summary>Computes with a replica of the middle from now on.</summary>
    internal CachedMiddle On(MiddleStage replica)
    {
        _stage = replica;
        return this;
    }

    /// <summary>Bytes of keys and values for whole rows of this length.</summary>
    public long BytesOf(int rows, int tokens) => _stage.Blocks.CacheBytes(null, rows, tokens);

    /// <summary>Bytes of keys and values after more tokens.</summary>
    /// <param name="rows">the number of rows that continue</param>
    /// <param name="tokens">the most new tokens of a row</param>
    public long BytesAfter(int rows, int tokens) => _stage.Blocks.CacheBytes(_cache, rows, tokens);

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private Tensor Forward(Tensor hidden, SequenceLayout layout)
    {
        var output = _stage.Forward(hidden, layout, _cache);
        Layout = layout;
        return output;
    }
}
